/** Returns the milliseconds that a training loop takes, logging at every step with the trackers named. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Accelerator } from "../../src/index.ts";
import "./service-tracker.ts";

const STEPS = 200;
const SIZE = 176; // about five milliseconds a step

export default async function loop(trackers: readonly string[]): Promise<number> {
  const projectDir = mkdtempSync(join(tmpdir(), "acc-bench-"));
  const accelerator = new Accelerator({ logWith: trackers, projectDir, keepRuns: false });
  await accelerator.initTrackers("bench", { deliveryTimeoutMs: 0 });
  const matrix = Float64Array.from({ length: SIZE * SIZE }, (_, i) => Math.sin(i));
  for (let warm = 0; warm < 50; warm++) square(matrix);
  const started = performance.now();
  for (let step = 0; step < STEPS; step++) {
    const loss = square(matrix);
    accelerator.log({ loss, accuracy: 0.5, step }, { step });
    await new Promise((resolve) => setImmediate(resolve));
  }
  const elapsed = performance.now() - started;
  await accelerator.endTraining();
  return elapsed;
}

/** The trace of a matrix times itself: some milliseconds of pure computing. */
function square(matrix: Float64Array): number {
  let trace = 0;
  for (let i = 0; i < SIZE; i++) {
    for (let j = 0; j < SIZE; j++) {
      let sum = 0;
      for (let k = 0; k < SIZE; k++) {
        sum += (matrix[i * SIZE + k] ?? 0) * (matrix[k * SIZE + j] ?? 0);
      }
      if (i === j) trace += sum;
    }
  }
  return trace;
}
