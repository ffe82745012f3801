/** Returns the microseconds per call of `log` with so many trackers on the host thread. */
import { tmpdir } from "node:os";
import { median } from "@acc/test-kit/bench/row";
import { Accelerator } from "../../src/index.ts";
import { DISCARDING } from "./discard-tracker.ts";

const CALLS_PER_STEP = 10;
const STEPS = 1000;

export default async function script(trackers: number): Promise<number> {
  const logWith = DISCARDING.slice(0, trackers);
  const accelerator = new Accelerator({ logWith, projectDir: tmpdir(), keepRuns: false });
  await accelerator.initTrackers("bench");
  const costs: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    const started = performance.now();
    for (let i = 0; i < CALLS_PER_STEP; i++) {
      accelerator.log({ loss: 1 / (step + 1), accuracy: 0.5 }, { step });
    }
    costs.push((performance.now() - started) / CALLS_PER_STEP);
    await new Promise((resolve) => setTimeout(resolve, 1)); // the rest of a step
  }
  await accelerator.endTraining();
  return median(costs.slice(STEPS / 10)) * 1000;
}
