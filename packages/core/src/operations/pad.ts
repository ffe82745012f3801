import { concat, fill, type Tensor, tidy } from "@tensorflow/tfjs-core";
import type { Collective } from "../collective/collective.ts";
import { AcceleratorError } from "../errors.ts";
import { checkOptions } from "../options/check-options.ts";
import type { OptionRules } from "../options/option-rule.ts";
import { mapTogether } from "./map-together.ts";
import type { TensorStructure } from "./tensor-structure.ts";

export type PadOptions = {
  /** The axis to pad; negative counts from the end. Default 0. */
  readonly dim?: number;
  /** The value to pad with. Default 0. */
  readonly padIndex?: number;
  /** Pad at the start instead of the end. Default false. */
  readonly padFirst?: boolean;
};

const RULES: OptionRules<PadOptions> = { dim: "integer", padIndex: "number", padFirst: "boolean" };

/**
 * Pads every tensor along one axis to the longest of all ranks. A tensor without that axis is unchanged, and so is
 * one that is the longest; the result belongs to the active step, or to the caller.
 *
 * @throws {AcceleratorError} `COLLECTIVE_MISMATCH` on every rank if tensors differ in dtype or number of axes,
 *   `VALUE_INVALID` on every rank for string and complex tensors that need padding, `OPTION_INVALID`.
 */
export function padAcrossRanks<T extends TensorStructure>(
  value: T,
  options: PadOptions,
  collective: Collective,
): Promise<T> {
  checkOptions("padAcrossProcesses", options, RULES, {
    padToMultipleOf: "every tensor is padded to the longest of all ranks",
  });
  const { dim = 0, padIndex = 0, padFirst = false } = options;
  const operate = async (part: Tensor, call: string): Promise<Tensor> => {
    const axis = dim < 0 ? part.rank + dim : dim;
    const own = part.shape[axis] ?? 0;
    const lengths = collective.allGatherObject(own, call);
    const longest = Math.max(...lengths);
    if (lengths.every((length) => length === longest)) return part;
    requireNumbers(part);
    return own === longest ? part : padded(part, axis, longest - own, padIndex, padFirst);
  };
  return mapTogether(value, collective, {
    call: "padAcrossProcesses",
    // Other axes may differ: they may be padded next.
    describe: ({ dtype, shape }) => `${dtype}[${shape.map(() => "*").join(", ")}]`,
    options: `dim ${dim}`,
    operate,
  });
}

function requireNumbers({ dtype }: Tensor): void {
  if (dtype !== "string" && dtype !== "complex64") return;
  throw new AcceleratorError(
    "VALUE_INVALID",
    `padAcrossProcesses pads numbers and booleans; found ${dtype}.`,
  );
}

function padded(part: Tensor, axis: number, count: number, value: number, first: boolean): Tensor {
  const shape = part.shape.map((length, i) => (i === axis ? count : length));
  return tidy(() => {
    const padding = fill(shape, value, part.dtype as "float32" | "int32");
    return concat(first ? [padding, part] : [part, padding], axis);
  });
}
