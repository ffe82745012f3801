import type { RangeAttrs } from "@tensorflow/tfjs-core";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import { ARRAY_TYPES, isNumeric } from "../tensor-spec.ts";

/** Known at once: where a range begins and ends often follows the batch. */
export const range: Kernel = defineKernel<unknown, RangeAttrs>({
  name: "Range",
  record(_, { start, stop, step: given, dtype }) {
    if (!isNumeric(dtype)) return undefined;
    // A range that goes down counts down if it is not told how.
    const step = given === 1 && stop < start ? -1 : given;
    const length = Math.max(0, Math.ceil((stop - start) / step));
    const values = ARRAY_TYPES[dtype].from(Array.from({ length }, (_, i) => start + i * step));
    return { values, spec: { shape: [length], dtype } };
  },
});
