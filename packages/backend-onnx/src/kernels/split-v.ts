import { backend_util, type SplitVAttrs, type SplitVInputs, util } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { NumericType } from "../tensor-spec.ts";

type Split = { readonly axis: number; readonly sizes: readonly number[] };

export const splitV: Kernel = defineKernel<SplitVInputs, SplitVAttrs, Split>({
  name: "SplitV",
  returnsList: true,
  record({ x }, { numOrSizeSplits, axis: place }) {
    const [axis = 0] = util.parseAxisParam(place, x.shape);
    const sizes = backend_util.prepareSplitSize(x, numOrSizeSplits, axis);
    const outputs = sizes.map((size) => ({
      shape: x.shape.with(axis, size),
      dtype: x.dtype as NumericType,
    }));
    return { inputs: [x], outputs, attributes: { axis, sizes }, key: `${axis}:${sizes}` };
  },
  lower(graph, [x], { axis, sizes }, outputs) {
    if (sizes.length === 1) return [x as Value];
    const inputs = [graph.whole(x as Value), graph.integers(sizes)];
    const parts = graph.nodes("Split", inputs, { axis }, sizes.length);
    return outputs.map((output, i) => graph.value(parts[i] as string, output));
  },
});
