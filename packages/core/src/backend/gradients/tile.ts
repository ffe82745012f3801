import { type GradConfig, reshape, sum, type Tensor, util } from "@tensorflow/tfjs-core";

/** The sum of the copies. tfjs adds one slice after the other, and refuses more than four dimensions. */
export const tileGradient: GradConfig = {
  kernelName: "Tile",
  gradFunc: (dy, _saved, attributes) => {
    const { reps } = attributes as unknown as { readonly reps: readonly number[] };
    return { x: () => sumOfCopies(dy as Tensor, reps) };
  },
};

function sumOfCopies(dy: Tensor, reps: readonly number[]): Tensor {
  const shape = dy.shape.map((length, axis) => length / (reps[axis] as number));
  let result = dy;
  for (const [axis, count] of reps.entries()) {
    if (count === 1) continue;
    // All axes before this one are summed up already.
    const outer = util.sizeFromShape(shape.slice(0, axis));
    const inner = (shape[axis] as number) * util.sizeFromShape(dy.shape.slice(axis + 1));
    result = sum(reshape(result, [outer, count, inner]), 1);
  }
  return reshape(result, shape);
}
