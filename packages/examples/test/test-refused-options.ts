import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { runInScratch } from "./run-in-scratch.ts";

const TRACKERS = [
  "aim",
  "clearml",
  "comet_ml",
  "dvclive",
  "mlflow",
  "swanlab",
  "tensorboard",
  "trackio",
  "wandb",
];

/** Tests under plain `node` (undefined), or in replicas. */
export function testRefusedOptions(test: Test, numProcesses: number | undefined): void {
  const where = numProcesses === undefined ? "under node" : "in two replicas";
  test(`an option that a tracker does not have is refused ${where}`, async () => {
    const { output } = await runInScratch("test/fixtures/refused-options.ts", numProcesses);
    for (const name of TRACKERS) {
      assert.match(output, `${name} initTrackers: OPTION_INVALID initOptions.${name}: there is no`);
    }
    for (const name of ["comet_ml", "dvclive", "swanlab", "trackio", "wandb"]) {
      assert.match(output, `${name} log: OPTION_INVALID logOptions.${name}: there is no option`);
    }
  });
}
