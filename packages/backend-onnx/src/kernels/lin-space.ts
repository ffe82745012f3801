import type { LinSpaceAttrs } from "@tensorflow/tfjs-core";
import { defineKernel, type Kernel } from "../record/kernel.ts";

export const linSpace: Kernel = defineKernel<unknown, LinSpaceAttrs>({
  name: "LinSpace",
  record(_, { start, stop, num }) {
    const step = num === 1 ? 0 : (stop - start) / (num - 1);
    const values = Float32Array.from({ length: num }, (_, i) => start + i * step);
    return { values, spec: { shape: [num], dtype: "float32" } };
  },
});
