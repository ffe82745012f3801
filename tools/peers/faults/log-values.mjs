/**
 * A training script without a model: logs the numbers 0, 1, 2, … under "value". Its package's tracker is TRACKER, its
 * options OPTIONS (JSON), its project PROJECT; it logs COUNT numbers, PAUSE ms apart, and says every one.
 */
import { writeSync } from "node:fs";
import { Accelerator } from "@acc/core";

const { TRACKER, OPTIONS, PROJECT, COUNT, PAUSE, DELIVERY_TIMEOUT } = process.env;
const accelerator = new Accelerator({ logWith: TRACKER, projectDir: "runs" });
await accelerator.initTrackers(PROJECT, {
  config: { lr: 0.1 },
  initOptions: { [TRACKER]: JSON.parse(OPTIONS) },
  deliveryTimeoutMs: Number(DELIVERY_TIMEOUT),
});
for (let step = 0; step < Number(COUNT); step++) {
  accelerator.log({ value: step }, { step });
  writeSync(1, `${step}\n`);
  await new Promise((resolve) => setTimeout(resolve, Number(PAUSE)));
}
await accelerator.endTraining();
