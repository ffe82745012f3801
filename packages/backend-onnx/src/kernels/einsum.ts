import { backend_util, type EinsumAttrs, type TensorInfo } from "@tensorflow/tfjs-core";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { TensorSpec } from "../tensor-spec.ts";

export const einsum: Kernel = defineKernel<Record<string, TensorInfo>, EinsumAttrs, string>({
  name: "Einsum",
  record(named, { equation }) {
    const inputs = Object.values(named);
    if (inputs.some(({ dtype }) => dtype !== "float32")) return undefined;
    const { allDims, summedDims, idDims } = backend_util.decodeEinsumEquation(
      equation,
      inputs.length,
    );
    backend_util.checkEinsumDimSizes(allDims.length, idDims, inputs as never);
    const lengthOf = (dimension: number): number => {
      const input = idDims.findIndex((dims) => dims.includes(dimension));
      const axis = idDims[input]?.indexOf(dimension) ?? 0;
      return inputs[input]?.shape[axis] ?? 1;
    };
    // The dimensions of the result come first, in order.
    const kept = allDims.map((_, i) => i).filter((dimension) => !summedDims.includes(dimension));
    const outputs = [{ shape: kept.map(lengthOf), dtype: "float32" as const }];
    const standard = equation.replaceAll(" ", "");
    return { inputs, outputs, attributes: standard, key: standard };
  },
  lower(graph, inputs, equation, [output]) {
    const names = inputs.map((input) => graph.whole(input));
    return [graph.value(graph.node("Einsum", names, { equation }), output as TensorSpec)];
  },
});
