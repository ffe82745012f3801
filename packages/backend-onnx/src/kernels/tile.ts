import type { TileAttrs, TileInputs } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { NumericType, TensorSpec } from "../tensor-spec.ts";

/** Repeating an axis of one element costs nothing: broadcasting does it. */
export const tile: Kernel = defineKernel<TileInputs, TileAttrs, readonly number[]>({
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
