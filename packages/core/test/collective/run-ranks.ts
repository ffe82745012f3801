import { Worker } from "node:worker_threads";
import { createSharedGroup, type SharedGroup } from "../../src/collective/shared-group.ts";
import type { Outcome, Step } from "./fixtures/rank.ts";

export type RunOptions = {
  timeoutMs?: number;
  scalar?: boolean;
  /** Called once the threads run. */
  meanwhile?: (group: SharedGroup) => void;
};

const LIMIT_MS = 20_000;

/** Runs `steps[rank]` on a thread per rank and returns the outcomes of every rank. */
export async function runRanks(
  steps: Step[][],
  { timeoutMs = 10_000, scalar = false, meanwhile }: RunOptions = {},
): Promise<Outcome[][]> {
  const group = createSharedGroup(steps.length, { timeoutMs });
  const threads = steps.map(
    (list, rank) =>
      new Worker(new URL("./fixtures/rank.ts", import.meta.url), {
        workerData: { group, rank, steps: list, scalar },
      }),
  );
  meanwhile?.(group);
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("the ranks hang")), LIMIT_MS);
  });
  try {
    const results = threads.map(
      (thread) =>
        new Promise<Outcome[]>((resolve, reject) => {
          thread.once("message", resolve);
          thread.once("error", reject);
        }),
    );
    return await Promise.race([Promise.all(results), limit]);
  } finally {
    clearTimeout(timer);
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

/** The same steps on every rank. */
export function everywhere(worldSize: number, ...steps: Step[]): Step[][] {
  return Array.from({ length: worldSize }, () => steps);
}
