import { Worker } from "node:worker_threads";
import { createSharedGroup, type SharedGroup } from "../../src/collective/shared-group.ts";
import type { Outcome, Step, Task } from "./fixtures/rank.ts";

/** Gives threads back that wait for a rank again. */
export function keepThreads(threads: readonly Worker[]): void {
  for (const thread of threads) thread.unref();
  idle.push(...threads);
}

export type RunOptions = {
  timeoutMs?: number;
  scalar?: boolean;
  debug?: boolean;
  /** Called once the ranks have got their steps. */
  meanwhile?: (group: SharedGroup) => void;
};

/** Long, as threads start slowly on a busy machine. */
const LIMIT_MS = 60_000;

/** Threads that wait for a rank to play; one group after the other uses them. They do not keep the process alive. */
const idle: Worker[] = [];

export function takeThread(): Worker {
  const thread = idle.pop() ?? new Worker(new URL("./fixtures/rank.ts", import.meta.url));
  thread.ref();
  return thread;
}

/** Runs `steps[rank]` on a thread per rank and returns the outcomes of every rank. */
export async function runRanks(
  steps: Step[][],
  { timeoutMs = 10_000, scalar = false, debug = false, meanwhile }: RunOptions = {},
): Promise<Outcome[][]> {
  const group = createSharedGroup(steps.length, { timeoutMs, debug });
  const threads = steps.map(takeThread);
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("the ranks hang")), LIMIT_MS);
  });
  const results = threads.map((thread, rank) =>
    outcomesOf(thread, { group, rank, steps: steps[rank] ?? [], scalar }),
  );
  meanwhile?.(group);
  try {
    const outcomes = await Promise.race([Promise.all(results), limit]);
    keepThreads(threads);
    return outcomes;
  } catch (error) {
    await Promise.all(threads.map((thread) => thread.terminate()));
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

export function outcomesOf(thread: Worker, task: Task): Promise<Outcome[]> {
  return new Promise((resolve, reject) => {
    thread.once("error", reject);
    thread.once("message", (outcomes: Outcome[]) => {
      thread.off("error", reject);
      resolve(outcomes);
    });
    thread.postMessage(task);
  });
}

/** The same steps on every rank. */
export function everywhere(worldSize: number, ...steps: Step[]): Step[][] {
  return Array.from({ length: worldSize }, () => steps);
}
