import type { Collective } from "../collective/collective.ts";
import { noteGroupUse } from "../context/group-use.ts";
import { replicaContext } from "../context/replica-context.ts";
import { AcceleratorError, messageOf } from "../errors.ts";
import { checkOptions } from "../options/check-options.ts";
import { foundText } from "../options/found-text.ts";
import type { OptionRules } from "../options/option-rule.ts";
import { requireFunction } from "../options/require-function.ts";
import { isOutOfMemory } from "./out-of-memory.ts";
import { refusePassedBatchSize } from "./passed-batch-size.ts";

export type ExecutableBatchSizeOptions = {
  /** The size of the first attempt. Default 128. */
  readonly startingBatchSize?: number;
  /** The size after one for which there was not enough memory. Default: 90 % of it, rounded down. */
  readonly reduceBatchSize?: (batchSize: number) => number;
};

const RULES: OptionRules<ExecutableBatchSizeOptions> = {
  startingBatchSize: { integerFrom: 0 },
  reduceBatchSize: "function",
};

/** How an attempt ended on one rank. */
type Outcome<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "memory" | "mismatch"; readonly error: unknown };

/**
 * A function that calls `fn` with a batch size, and again with a smaller one whenever memory runs out on any replica. All
 * replicas try the same sizes: one that has enough memory begins anew with the others. The next call begins with the
 * size that worked. Collective.
 *
 * Begin `fn` with `await accelerator.freeMemory(…)`, so that an attempt finds the memory of the one before it.
 *
 * Node.js 26 ends a worker thread in which an array cannot be allocated, as every version does where the heap of JavaScript is
 * full: no code can go on there, and the launch fails. What the backends allocate in WebAssembly and in ONNX Runtime is not affected.
 *
 * @param fn gets the batch size of each rank, then the arguments of the call.
 * @throws {AcceleratorError} `BATCH_SIZE_NOT_FOUND` if no size works, `OPTION_INVALID`, also for arguments that `fn` has no
 *   place for: the batch size is not passed by hand. What `fn` throws for another
 *   reason is thrown as it is.
 */
export function findExecutableBatchSize<Args extends unknown[], T>(
  fn: (batchSize: number, ...args: Args) => T | Promise<T>,
  options: ExecutableBatchSizeOptions = {},
): (...args: Args) => Promise<T> {
  requireFunction("findExecutableBatchSize", fn);
  checkOptions("findExecutableBatchSize", options, RULES, {
    reduceBatchSizeFn: 'did you mean "reduceBatchSize"?',
  });
  const { startingBatchSize = 128, reduceBatchSize = (size) => Math.floor(size * 0.9) } = options;
  let batchSize = startingBatchSize;
  return async (...args) => {
    refusePassedBatchSize(fn, args);
    noteGroupUse();
    const { collective } = replicaContext();
    let fault: unknown;
    while (batchSize > 0) {
      const outcome = await attempt(async () => fn(batchSize, ...args));
      if (!agreeOnRetry(outcome, batchSize, collective)) {
        if (outcome.kind === "done") return outcome.value;
        throw outcome.error;
      }
      fault = outcome.kind === "memory" ? outcome.error : fault;
      batchSize = smaller(batchSize, reduceBatchSize(batchSize));
    }
    throw new AcceleratorError(
      "BATCH_SIZE_NOT_FOUND",
      "findExecutableBatchSize: no batch size fits into the memory; the last one tried was 1 or " +
        `startingBatchSize 0.${fault === undefined ? "" : ` The last fault: ${messageOf(fault)}`}`,
      { cause: fault },
    );
  };
}

async function attempt<T>(run: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { kind: "done", value: await run() };
  } catch (error) {
    if (isOutOfMemory(error)) return { kind: "memory", error };
    // Another rank may have left the attempt: it then says why. Other errors end this replica, and so the group.
    if (isMismatch(error)) return { kind: "mismatch", error };
    throw error;
  }
}

/** Ranks that still train take the agreement for a wrong call, throw, and then come here too; each try may meet one. */
const MOST_MISMATCHES = 1000;

/** Whether memory ran out on any rank. */
function agreeOnRetry(
  { kind }: Outcome<unknown>,
  batchSize: number,
  collective: Collective,
): boolean {
  for (let mismatches = 0; ; mismatches++) {
    try {
      const call = `findExecutableBatchSize(${batchSize})`;
      return collective.allGatherObject(kind, call).includes("memory");
    } catch (error) {
      if (!isMismatch(error) || mismatches === MOST_MISMATCHES) throw error;
    }
  }
}

function isMismatch(error: unknown): boolean {
  return error instanceof AcceleratorError && error.code === "COLLECTIVE_MISMATCH";
}

function smaller(size: number, next: number): number {
  if (Number.isInteger(next) && next >= 0 && next < size) return next;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `findExecutableBatchSize: reduceBatchSize must return a smaller integer of at least 0, got ${foundText(next)} for ${size}.`,
  );
}
