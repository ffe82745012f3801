import type { Collective } from "../collective/collective.ts";
import { AcceleratorError } from "../errors.ts";
import { gatherTensors, keepRows } from "./tensor-collectives.ts";
import { isTensorStructure, type TensorStructure, tensorsOf } from "./tensor-structure.ts";

/** The state of the loop in progress that determines which rows are real samples. */
export type MetricsWindow = {
  readonly endOfDataloader: boolean;
  readonly remainder: number;
};

/**
 * Gathers results of a batch without the samples that only pad the last round: tensors with one row
 * per sample, or a list with one entry per sample.
 *
 * @throws {AcceleratorError} `VALUE_INVALID` for anything else.
 */
export async function gatherForMetrics<T extends TensorStructure | readonly unknown[]>(
  value: T,
  window: MetricsWindow,
  collective: Collective,
): Promise<T> {
  const rows = window.endOfDataloader && window.remainder > 0 ? window.remainder : undefined;
  if (isTensorStructure(value)) {
    const whole = await gatherTensors(value, collective);
    if (rows === undefined) return whole;
    const kept = await keepRows(whole, rows);
    for (const tensor of tensorsOf(whole)) tensor.dispose();
    return kept;
  }
  if (!Array.isArray(value)) {
    collective.barrier(`gatherForMetrics(${typeof value})`); // other ranks may have tensors and wait
    throw new AcceleratorError(
      "VALUE_INVALID",
      `gatherForMetrics takes tensors or a list with one entry per sample; found ${typeof value}.`,
    );
  }
  const joined = collective.allGatherObject(value as unknown[], "gatherForMetrics(list)").flat(1);
  return (rows === undefined ? joined : joined.slice(0, rows)) as unknown as T;
}
