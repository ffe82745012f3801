import {
  type GradConfig,
  type Tensor,
  tensor1d,
  transpose,
  unsortedSegmentSum,
} from "@tensorflow/tfjs-core";

type Attributes = {
  readonly paddings: readonly (readonly [number, number])[];
  readonly mode: "reflect" | "symmetric";
};

/** tfjs forgets what the mirrored elements add. */
export const mirrorPadGradient: GradConfig = {
  kernelName: "MirrorPad",
  inputsToSave: ["x"],
  gradFunc: (dy, [x], attributes) => ({
    x: () => unmirror(dy as Tensor, (x as Tensor).shape, attributes as unknown as Attributes),
  }),
};

/** Adds each element to the one that it is a copy of, axis by axis. */
function unmirror(dy: Tensor, shape: readonly number[], { paddings, mode }: Attributes): Tensor {
  const edge = mode === "symmetric" ? 1 : 0;
  return shape.reduce((gradient, length, axis) => {
    const [before, after] = paddings[axis] as readonly [number, number];
    if (before + after === 0) return gradient;
    const sources = Array.from({ length: before + length + after }, (_, i) => {
      const place = i - before;
      if (place < 0) return -place - edge;
      return place < length ? place : 2 * (length - 1) - place + edge;
    });
    const order = gradient.shape.map((_, i) => (i === 0 ? axis : i === axis ? 0 : i));
    const sums = unsortedSegmentSum(transpose(gradient, order), tensor1d(sources, "int32"), length);
    return transpose(sums, order);
  }, dy);
}
