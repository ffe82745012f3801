import { pad, slice, type Tensor } from "@tensorflow/tfjs-core";

/** A side of an image or a volume: its length, the length that is wanted, and the zeros before it (negative: cut off). */
export type Side = { readonly size: number; readonly span: number; readonly before: number };

/**
 * Adds zeros around the sides of an image, or cuts them off.
 *
 * @param image `[batch, ...sides, channels]`.
 */
export function fitImage(image: Tensor, sides: readonly Side[]): Tensor {
  const zeros = sides.map(({ size, span, before }): [number, number] => [
    Math.max(0, before),
    Math.max(0, span - before - size),
  ]);
  const padded = pad(image, [[0, 0], ...zeros, [0, 0]]);
  const begin = sides.map(({ before }) => Math.max(0, -before));
  const [batch = 0] = image.shape;
  const channels = image.shape.at(-1) as number;
  return slice(padded, [0, ...begin, 0], [batch, ...sides.map(({ span }) => span), channels]);
}

/** The side after it was fitted, as it is fitted back. */
export function unfitted({ size, span, before }: Side): Side {
  return { size: span, span: size, before: -before };
}
