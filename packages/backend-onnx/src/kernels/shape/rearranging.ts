import type {
  MirrorPadAttrs,
  MirrorPadInputs,
  PadV2Attrs,
  PadV2Inputs,
  TileAttrs,
  TileInputs,
  TransposeAttrs,
  TransposeInputs,
} from "@tensorflow/tfjs-core";
import { defineKernel, type Kernel } from "../../lowering/kernel.ts";
import type { Value } from "../../lowering/value.ts";
import type { NumericType, TensorSpec } from "../../tensor-spec.ts";

const transpose = defineKernel<TransposeInputs, TransposeAttrs, number[]>({
  name: "Transpose",
  record({ x }, { perm }) {
    if (perm.every((axis, i) => axis === i)) return { alias: x, shape: x.shape };
    const shape = perm.map((axis) => x.shape[axis] as number);
    const outputs = [{ shape, dtype: x.dtype as NumericType }];
    return { inputs: [x], outputs, attributes: perm, key: String(perm) };
  },
  lower(graph, [x], perm, [output]) {
    return [graph.value(graph.transpose(graph.whole(x as Value), perm), output as TensorSpec)];
  },
});

/** Repeating an axis of one element costs nothing: broadcasting does it. */
const tile = defineKernel<TileInputs, TileAttrs, readonly number[]>({
  name: "Tile",
  record({ x }, { reps }) {
    const shape = x.shape.map((length, axis) => length * (reps[axis] as number));
    const outputs = [{ shape, dtype: x.dtype as NumericType }];
    return { inputs: [x], outputs, attributes: reps, key: String(reps) };
  },
  lower(graph, [x], reps, [output]) {
    const value = x as Value;
    const spec = output as TensorSpec;
    if (reps.every((count, axis) => count === 1 || value.shape[axis] === 1)) {
      return [{ ...value, shape: spec.shape }];
    }
    const name = graph.node("Tile", [graph.whole(value), graph.integers(reps)]);
    return [graph.value(name, spec)];
  },
});

const padV2 = defineKernel<PadV2Inputs, PadV2Attrs>({
  name: "PadV2",
  record({ x }, attributes) {
    const { paddings, constantValue } = attributes;
    if (x.shape.length === 0) return { alias: x, shape: [] };
    const shape = x.shape.map((length, axis) => {
      const [before, after] = paddings[axis] as [number, number];
      return before + length + after;
    });
    const outputs = [{ shape, dtype: x.dtype as NumericType }];
    return { inputs: [x], outputs, attributes, key: `${paddings}:${constantValue}` };
  },
  lower(graph, [x], { paddings, constantValue }, [output]) {
    const amounts = [0, 1].flatMap((side) => paddings.map((pair) => pair[side] as number));
    const spec = output as TensorSpec;
    const filler = graph.scalar(constantValue, spec.dtype);
    const inputs = [graph.whole(x as Value), graph.integers(amounts), filler];
    return [graph.value(graph.node("Pad", inputs), spec)];
  },
});

const mirrorPad = defineKernel<MirrorPadInputs, MirrorPadAttrs>({
  name: "MirrorPad",
  record({ x }, attributes) {
    const { paddings, mode } = attributes;
    if (mode !== "reflect" || x.dtype !== "float32") return undefined; // ONNX has no symmetric padding
    const shape = x.shape.map((length, axis) => {
      const [before, after] = paddings[axis] as [number, number];
      return before + length + after;
    });
    const outputs = [{ shape, dtype: x.dtype as NumericType }];
    return { inputs: [x], outputs, attributes, key: String(paddings) };
  },
  lower(graph, [x], { paddings }, [output]) {
    const amounts = [0, 1].flatMap((side) => paddings.map((pair) => pair[side] as number));
    const inputs = [graph.whole(x as Value), graph.integers(amounts)];
    return [graph.value(graph.node("Pad", inputs, { mode: "reflect" }), output as TensorSpec)];
  },
});

/** Kernels that move, repeat or pad elements. */
export const REARRANGING: readonly Kernel[] = [mirrorPad, padV2, tile, transpose];
