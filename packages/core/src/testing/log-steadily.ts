import type { Accelerator } from "../accelerator/accelerator.ts";

const LOGS_PER_MS = 10;

/** Logs 10 000 times a second, and watches the memory of the process. */
export async function logSteadily(
  accelerator: Accelerator,
  durationMs: number,
): Promise<{ readonly count: number; readonly grownBytes: number }> {
  const began = performance.now();
  const before = process.memoryUsage().rss;
  let most = before;
  let count = 0;
  for (let elapsed = 0; elapsed < durationMs; elapsed = performance.now() - began) {
    for (; count < elapsed * LOGS_PER_MS; count++) {
      accelerator.log({ load: count, half: count / 2 }, { step: count });
    }
    most = Math.max(most, process.memoryUsage().rss);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return { count, grownBytes: most - before };
}
