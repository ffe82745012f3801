import type { CumsumAttrs, CumsumInputs } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { NumericType, TensorSpec } from "../tensor-spec.ts";
import { axesOf } from "./families/reduction.ts";

type Accumulation = {
  readonly axis: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
};

export const cumsum: Kernel = defineKernel<CumsumInputs, CumsumAttrs, Accumulation>({
  name: "Cumsum",
  record({ x }, { axis, exclusive, reverse }) {
    if (x.dtype === "bool" || x.shape.length === 0) return undefined;
    const [place = 0] = axesOf(axis, x.shape);
    return {
      inputs: [x],
      outputs: [{ shape: x.shape, dtype: x.dtype as NumericType }],
      attributes: { axis: place, exclusive, reverse },
      key: `${place}${exclusive}${reverse}`,
    };
  },
  lower(graph, [x], { axis, exclusive, reverse }, [output]) {
    const inputs = [graph.whole(x as Value), graph.integer(axis)];
    const flags = { exclusive: exclusive ? 1 : 0, reverse: reverse ? 1 : 0 };
    return [graph.value(graph.node("CumSum", inputs, flags), output as TensorSpec)];
  },
});
