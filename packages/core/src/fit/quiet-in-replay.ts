import type { FitRun } from "../train/fit-run.ts";

const OF_BATCHES: readonly PropertyKey[] = ["onBatchBegin", "onBatchEnd"];

/** The callbacks of a user, which do not see the batches that were trained before the checkpoint. */
export function quietInReplay(callbacks: readonly unknown[], run: FitRun): unknown[] {
  return run.resumed ? callbacks.map((one) => quiet(one as object, run)) : [...callbacks];
}

/** A view of the object: tfjs looks at its class, and the caller at what it remembers. */
function quiet(callback: object, run: FitRun): object {
  return new Proxy(callback, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      if (!OF_BATCHES.includes(name)) return value.bind(target);
      return async (...args: unknown[]) => {
        if (!run.isReplaying) await value.apply(target, args);
      };
    },
  });
}
