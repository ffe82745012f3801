import type {
  CumprodAttrs,
  CumprodInputs,
  CumsumAttrs,
  CumsumInputs,
  TensorInfo,
} from "@tensorflow/tfjs-core";
import { defineKernel, type Kernel, type RecordedCall } from "../../lowering/kernel.ts";
import type { Value } from "../../lowering/value.ts";
import { GraphBuilder } from "../../onnx/graph-builder.ts";
import type { NumericType, TensorSpec } from "../../tensor-spec.ts";
import { axesOf } from "./axes.ts";

/** How the elements along one axis are accumulated. */
type Accumulation = {
  readonly axis: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
};

/** The call of a kernel that accumulates `x`, which has an axis. */
function recordAccumulation(
  x: TensorInfo,
  { axis, exclusive, reverse }: Accumulation,
  dtype: NumericType,
): RecordedCall<Accumulation> {
  const [place = 0] = axesOf(axis, x.shape);
  return {
    inputs: [x],
    outputs: [{ shape: x.shape, dtype }],
    attributes: { axis: place, exclusive, reverse },
    key: `${place}${exclusive}${reverse}`,
  };
}

const cumsum = defineKernel<CumsumInputs, CumsumAttrs, Accumulation>({
  name: "Cumsum",
  record({ x }, attributes) {
    if (x.dtype === "bool" || x.shape.length === 0) return undefined;
    return recordAccumulation(x, attributes, x.dtype as NumericType);
  },
  lower(graph, [x], { axis, exclusive, reverse }, [output]) {
    const inputs = [graph.whole(x as Value), graph.integer(axis)];
    const flags = { exclusive: exclusive ? 1 : 0, reverse: reverse ? 1 : 0 };
    return [graph.value(graph.node("CumSum", inputs, flags), output as TensorSpec)];
  },
});

/**
 * Multiplies one element after the other. Products of parts that double in length would need fewer operations, but a
 * part that overflows would give NaN after a zero.
 */
const cumprod = defineKernel<CumprodInputs, CumprodAttrs, Accumulation>({
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

/** Running sums and products along one axis. */
export const CUMULATIVE: readonly Kernel[] = [cumprod, cumsum];
