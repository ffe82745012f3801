/**
 * A training script without a model: logs the numbers 0, 1, 2, … under "value". The variables TRACKER, OPTIONS (JSON)
 * and PROJECT name the tracker, its options and the project; it logs COUNT numbers, PAUSE ms apart, and prints each.
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
