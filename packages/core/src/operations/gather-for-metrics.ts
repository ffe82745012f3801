import type { Collective } from "../collective/collective.ts";
import { AcceleratorError } from "../errors.ts";
import { gatherTensors, keepRows } from "./tensor-collectives.ts";
import {
  holdsTensor,
  invalidLeaf,
  isTensorStructure,
  mapTensors,
  type TensorStructure,
} from "./tensor-structure.ts";

/** The state of the loop in progress that determines which rows are real samples. */
export type MetricsWindow = {
  readonly endOfDataloader: boolean;
  readonly remainder: number;
  /** Of this rank; `count` is undefined if the dataset gives whole batches, of an unknown size. */
  readonly batchRows: { readonly count: number | undefined } | undefined;
};

/** Which rows of a gathered value are real samples: the first `real` of `total`. */
type RealRows = { readonly real: number; readonly total: number | undefined };

/** A run is told once, not at the end of every epoch. */
let isWarned = false;

/**
 * Gathers results of a batch without the samples that only pad the last round: tensors with one row
 * per sample, or a list with one entry per sample. Values with another number of rows are gathered whole: which of their
 * rows come from padding is not known.
 *
 * @throws {AcceleratorError} `VALUE_INVALID` for anything else.
 */
export async function gatherForMetrics<T extends TensorStructure | readonly unknown[]>(
  value: T,
  window: MetricsWindow,
  collective: Collective,
): Promise<T> {
  const rows = realRowsOf(window, collective);
  if (isTensorStructure(value)) {
    const whole = await gatherTensors(value, collective);
    return rows ? trimmed(whole, rows, collective.rank) : whole;
  }
  // An array of tensors and others is no list of entries: two results that should be gathered one by one.
  if (!Array.isArray(value) || value.some(holdsTensor)) {
    collective.barrier(`gatherForMetrics(${typeof value})`); // other ranks may have tensors and wait
    const { message } = invalidLeaf(value as TensorStructure, "gatherForMetrics") ?? {};
    throw new AcceleratorError(
      "VALUE_INVALID",
      `${message ?? "gatherForMetrics: there is nothing to gather."} Pass what is not a tensor in a call of its own, as a list ` +
        "with one entry per sample; what is equal on all ranks need not be gathered.",
    );
  }
  const joined = collective.allGatherObject(value as unknown[], "gatherForMetrics(list)").flat(1);
  const isCut = rows !== undefined && isPadded(joined.length, rows, collective.rank);
  return (isCut ? joined.slice(0, rows.real) : joined) as unknown as T;
}

/** Undefined if all rows are real, or it is not known which. */
function realRowsOf(
  { endOfDataloader, remainder, batchRows }: MetricsWindow,
  { worldSize }: Collective,
): RealRows | undefined {
  if (!endOfDataloader || remainder <= 0) return undefined;
  const { count } = batchRows ?? {};
  const total = count === undefined ? undefined : count * worldSize;
  return total === remainder ? undefined : { real: remainder, total };
}

async function trimmed<T extends TensorStructure>(
  whole: T,
  rows: RealRows,
  rank: number,
): Promise<T> {
  return mapTensors(whole, async (tensor) => {
    if (!isPadded(tensor.shape[0] as number, rows, rank)) return tensor;
    const kept = await keepRows(tensor, rows.real);
    tensor.dispose();
    return kept;
  });
}

/** Whether a gathered value has rows of padding behind the real ones. */
function isPadded(length: number, { real, total }: RealRows, rank: number): boolean {
  if (length <= real) return false;
  if (total === undefined || length === total) return true;
  if (!isWarned && rank === 0) {
    isWarned = true;
    process.emitWarning(
      `gatherForMetrics: a value with ${length} rows from all replicas does not have one row for each of the ${total} samples of the ` +
        "last step, so what comes from samples that only complete it stays. Pass one row per sample, or leave the others " +
        "out with validSamples of the loader.",
      "AcceleratorWarning",
    );
  }
  return false;
}
