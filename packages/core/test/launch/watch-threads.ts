import type { Worker } from "node:worker_threads";

/** Follows every worker thread that this process starts from now on. */
export function watchThreads(): { readonly all: Worker[]; readonly alive: Set<Worker> } {
  const all: Worker[] = [];
  const alive = new Set<Worker>();
  process.on("worker", (worker) => {
    all.push(worker);
    alive.add(worker);
    worker.once("exit", () => alive.delete(worker));
  });
  return { all, alive };
}
