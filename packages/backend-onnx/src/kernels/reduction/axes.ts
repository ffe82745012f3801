import { util } from "@tensorflow/tfjs-core";
import type { Shape } from "../../tensor-spec.ts";

/** Axes counted from the front; all of them if none are given. */
export function axesOf(axis: number | number[] | undefined | null, shape: number[]): number[] {
  return util.parseAxisParam(axis as number | number[], shape);
}

export function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): number[] {
  if (keepDims) return shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  return shape.filter((_, axis) => !axes.includes(axis));
}
