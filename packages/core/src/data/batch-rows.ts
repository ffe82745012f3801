import { type Tensor1D, tensor1d } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { stepObserver } from "../step/step-observer.ts";

/** The rows of the batch that one rank has: real samples first, then those that only complete the last round. */
export type BatchRows = {
  /** Samples in the batch. */
  readonly count: number;
  /** So many of them, the first ones, are real. */
  readonly valid: number;
};

/**
 * @param count samples of this rank in the step.
 * @param before samples of the ranks before it in the step.
 * @param real samples of all ranks in the step that are real; those come first.
 */
export function batchRows(count: number, before: number, real: number): BatchRows {
  return { count, valid: Math.min(Math.max(real - before, 0), count) };
}

type Loader = {
  readonly batchRows: BatchRows | undefined;
  readonly loader: { readonly options: { readonly batchSize: number | null | undefined } };
};

/** @throws {AcceleratorError} `STATE_INVALID` where there is no batch, or its rows are not known. */
export function requireRows({ batchRows: rows, loader }: Loader, call: string): BatchRows {
  if (rows && loader.options.batchSize !== null) return rows;
  throw new AcceleratorError(
    "STATE_INVALID",
    rows
      ? `${call}: the dataset gives whole batches, so it is not known which of their rows are samples.`
      : `${call}: there is no batch. Use it inside the loop over this loader.`,
  );
}

/** True for real samples. It belongs to the active scope. @throws {AcceleratorError} `STATE_INVALID` in a compiled step. */
export function maskOf({ count, valid }: BatchRows): Tensor1D {
  if (stepObserver()) {
    throw new AcceleratorError(
      "STATE_INVALID",
      "validMask: a step of compileStep would repeat the mask of the batch that it was recorded with. Pass the mask to it.",
    );
  }
  const values = Uint8Array.from({ length: count }, (_, row) => (row < valid ? 1 : 0));
  return tensor1d(values, "bool");
}
