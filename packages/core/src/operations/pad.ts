import { concat, fill, type Tensor, tidy } from "@tensorflow/tfjs-core";
import type { Collective } from "../collective/collective.ts";
import { AcceleratorError } from "../errors.ts";
import { mapTensors, type TensorStructure } from "./tensor-structure.ts";

export type PadOptions = {
  /** The axis to pad; negative counts from the end. Default 0. */
  readonly dim?: number;
  /** The value to pad with. Default 0. */
  readonly padIndex?: number;
  /** Pad in front instead of behind. Default false. */
  readonly padFirst?: boolean;
};

/**
 * Pads every tensor along one axis to the longest of all ranks. A tensor without that axis stays as it is,
 * as does one that is the longest; the result belongs to the active step, or to the caller.
 *
 * @throws {AcceleratorError} `VALUE_INVALID` for string and complex tensors, `OPTION_INVALID`.
 */
export function padAcrossRanks<T extends TensorStructure>(
  value: T,
  { dim = 0, padIndex = 0, padFirst = false }: PadOptions,
  collective: Collective,
): Promise<T> {
  if (!Number.isInteger(dim)) {
    throw new AcceleratorError(
      "OPTION_INVALID",
      `padAcrossProcesses: dim must be an integer, got ${dim}.`,
    );
  }
  return mapTensors(value, "padAcrossProcesses", async (part) => {
    const axis = dim < 0 ? part.rank + dim : dim;
    const own = part.shape[axis] ?? 0;
    const longest = Math.max(...collective.allGatherObject(own, "padAcrossProcesses"));
    return own === longest ? part : padded(part, axis, longest - own, padIndex, padFirst);
  });
}

function padded(part: Tensor, axis: number, count: number, value: number, first: boolean): Tensor {
  const { dtype } = part;
  if (dtype === "string" || dtype === "complex64") {
    throw new AcceleratorError(
      "VALUE_INVALID",
      `padAcrossProcesses pads numbers and booleans; found ${dtype}.`,
    );
  }
  const shape = part.shape.map((length, i) => (i === axis ? count : length));
  return tidy(() => {
    const padding = fill(shape, value, dtype as "float32" | "int32");
    return concat(first ? [padding, part] : [part, padding], axis);
  });
}
