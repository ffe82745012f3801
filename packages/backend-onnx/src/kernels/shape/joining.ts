import {
  backend_util,
  type ConcatAttrs,
  type PackAttrs,
  type SplitVAttrs,
  type SplitVInputs,
  type TensorInfo,
  type UnpackAttrs,
  type UnpackInputs,
  util,
} from "@tensorflow/tfjs-core";
import { defineKernel, type Kernel } from "../../lowering/kernel.ts";
import type { Value } from "../../lowering/value.ts";
import type { NumericType, TensorSpec } from "../../tensor-spec.ts";

const concat = defineKernel<readonly TensorInfo[], ConcatAttrs, number>({
  name: "Concat",
  record(inputs, attributes) {
    const [first] = inputs;
    if (!first || inputs.some(({ dtype }) => dtype !== first.dtype)) return undefined;
    if (inputs.length === 1) return { alias: first, shape: first.shape };
    const [axis = 0] = util.parseAxisParam(attributes.axis, first.shape);
    const shapes = inputs.map(({ shape }) => shape);
    backend_util.assertParamsConsistent(shapes, axis);
    return {
      inputs,
      outputs: [
        { shape: backend_util.computeOutShape(shapes, axis), dtype: first.dtype as NumericType },
      ],
      attributes: axis,
      key: String(axis),
    };
  },
  lower(graph, inputs, axis, [output]) {
    const parts = inputs.map((input) => graph.whole(input));
    return [graph.value(graph.node("Concat", parts, { axis }), output as TensorSpec)];
  },
});

const pack = defineKernel<readonly TensorInfo[], PackAttrs, number>({
  name: "Pack",
  record(inputs, { axis }) {
    const [first] = inputs;
    if (!first || inputs.some(({ dtype }) => dtype !== first.dtype)) return undefined;
    for (const { shape } of inputs) {
      util.assertShapesMatch(first.shape, shape, "All tensors passed to stack must match.");
    }
    const place = axis < 0 ? axis + first.shape.length + 1 : axis;
    return {
      inputs,
      outputs: [
        {
          shape: first.shape.toSpliced(place, 0, inputs.length),
          dtype: first.dtype as NumericType,
        },
      ],
      attributes: place,
      key: String(place),
    };
  },
  lower(graph, inputs, axis, [output]) {
    const parts = inputs.map((input) => {
      const shape = input.shape.toSpliced(axis, 0, 1);
      return graph.whole(graph.reshaped(input, shape));
    });
    return [graph.value(graph.node("Concat", parts, { axis }), output as TensorSpec)];
  },
});

type Split = { readonly axis: number; readonly sizes: readonly number[] };

const splitV = defineKernel<SplitVInputs, SplitVAttrs, Split>({
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

const unpack = defineKernel<UnpackInputs, UnpackAttrs, number>({
  name: "Unpack",
  returnsList: true,
  record({ value }, attributes) {
    const [axis = 0] = util.parseAxisParam(attributes.axis, value.shape);
    const output = {
      shape: value.shape.toSpliced(axis, 1),
      dtype: value.dtype as NumericType,
    };
    const outputs = Array.from({ length: value.shape[axis] as number }, () => output);
    return { inputs: [value], outputs, attributes: axis, key: String(axis) };
  },
  lower(graph, [value], axis, outputs) {
    const whole = graph.whole(value as Value);
    const parts =
      outputs.length === 1
        ? [whole]
        : graph.nodes("Split", [whole], { axis, num_outputs: outputs.length }, outputs.length);
    return outputs.map((output, i) =>
      graph.value(graph.reshape(parts[i] as string, output.shape), output),
    );
  },
});

/** Tensors put together and taken apart. */
export const JOINING: readonly Kernel[] = [concat, pack, splitV, unpack];
