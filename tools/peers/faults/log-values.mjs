/**
 * A training script without a model: logs the numbers 0, 1, 2, … under "value". Its package's tracker is TRACKER, its
 * options OPTIONS (JSON); it logs COUNT numbers, PAUSE ms apart, and says every one.
 */
import { writeSync } from "node:fs";
import { Accelerator } from "@acc/core";

const {
  TRACKER,
  OPTIONS = "{}",
  COUNT = "60",
  PAUSE = "20",
  DELIVERY_TIMEOUT = "3000",
} = process.env;
const accelerator = new Accelerator({ logWith: TRACKER, projectDir: "runs" });
await accelerator.initTrackers("faults", {
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
