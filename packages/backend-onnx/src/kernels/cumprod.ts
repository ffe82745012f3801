import type { CumprodAttrs, CumprodInputs } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { GraphBuilder } from "../onnx/graph-builder.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { TensorSpec } from "../tensor-spec.ts";
import { type Accumulation, recordAccumulation } from "./families/accumulation.ts";

/**
 * Multiplies one element after the other. Products of longer and longer parts would need fewer operations,
 * but a part that overflows would make NaN of what follows a zero.
 */
export const cumprod: Kernel = defineKernel<CumprodInputs, CumprodAttrs, Accumulation>({
  name: "Cumprod",
  record({ x }, attributes) {
    if (x.shape.length === 0) return undefined;
    return recordAccumulation(x, attributes, x.dtype === "float32" ? "float32" : "int32");
  },
  lower(graph, [x], { axis, exclusive, reverse }, [output]) {
    const { shape, dtype } = output as TensorSpec;
    const whole = graph.whole(x as Value);
    const factors = x?.dtype === "bool" ? graph.cast(whole, dtype) : whole;
    const layer: TensorSpec = { shape: shape.toSpliced(axis, 1), dtype };
    const body = new GraphBuilder("layer_");
    const [before, factor] = [body.input(layer), body.input(layer)];
    const after = body.node("Mul", [before, factor]);
    body.output(after, layer);
    body.output(exclusive ? before : after, layer);
    const direction = reverse ? 1 : 0;
    const [, products] = graph.nodes(
      "Scan",
      [graph.whole(graph.filled(1, layer)), factors],
      {
        body: { graph: body.graph },
        num_scan_inputs: 1,
        scan_input_axes: [axis],
        scan_input_directions: [direction],
        scan_output_axes: [axis],
        scan_output_directions: [direction],
      },
      2,
    );
    return [graph.value(products as string, output as TensorSpec)];
  },
});
