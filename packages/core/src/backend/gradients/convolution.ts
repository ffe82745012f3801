import {
  engine,
  type GradConfig,
  type NamedAttrMap,
  pad as padTensor,
  reshape,
  slice,
  type Tensor,
  transpose,
} from "@tensorflow/tfjs-core";
import type { ConvolutionAttributes } from "../kernels/convolution-geometry.ts";
import { hasOwnSizes } from "../kernels/convolution-sizes.ts";
import { fitImage, type Side, unfitted } from "./fit-image.ts";

type Pair = readonly [number, number];

const pairOf = (value: number | readonly number[] | null | undefined): Pair =>
  Array.isArray(value)
    ? [value[0], value[1] ?? value[0]]
    : [(value ?? 1) as number, (value ?? 1) as number];

/**
 * Of convolutions whose windows tfjs's gradient takes to lie elsewhere, or refuses: rounded sizes, a number as padding
 * beside windows that are not square, dilated filters, channels first. The others are left to tfjs.
 *
 * @param backprop the names of its kernels, without `Input` and `Filter`.
 */
export function convolutionGradient(backprop: string): (stock: GradConfig) => GradConfig {
  return (stock) => ({
    ...stock,
    gradFunc: (dy, saved, attributes) => {
      const [x, filter] = saved as [Tensor, Tensor];
      const given = attributes as unknown as ConvolutionAttributes;
      const isDilated = pairOf(given.dilations).some((step) => step > 1);
      const isOrdinary = !isDilated && !hasOwnSizes(filter.shape, given);
      if (given.dataFormat !== "NCHW") {
        if (isOrdinary) return stock.gradFunc(dy, saved, attributes);
        return differentiate(backprop, dy as Tensor, x, filter, given);
      }
      const last = [0, 2, 3, 1];
      const pad = Array.isArray(given.pad) ? moveAxes(given.pad, last) : given.pad;
      const moved = { ...given, pad, dataFormat: "NHWC" } as ConvolutionAttributes;
      const [gradient, image] = [transpose(dy as Tensor, last), transpose(x, last)];
      const gradients = differentiate(backprop, gradient, image, filter, moved);
      return { ...gradients, x: () => transpose(gradients.x(), [0, 3, 1, 2]) };
    },
  });
}

const moveAxes = <T>(sides: readonly T[], order: readonly number[]) =>
  order.map((axis) => sides[axis]);

/** By convolutions without padding, of the part of the image that windows cover and a filter without gaps. */
function differentiate(
  backprop: string,
  dy: Tensor,
  x: Tensor,
  filter: Tensor,
  given: ConvolutionAttributes,
): { x: () => Tensor; filter: () => Tensor } {
  const [strides, dilations] = [pairOf(given.strides), pairOf(given.dilations)];
  const dense = withGaps(filter, dilations);
  const sides = [0, 1].map((side): Side => {
    const size = x.shape[side + 1] as number;
    const steps = ((dy.shape[side + 1] as number) - 1) * (strides[side] as number);
    const span = steps + (dense.shape[side] as number);
    return { size, span, before: borderBefore(given.pad, side, span - size) };
  });
  const covered = fitImage(x, sides);
  const attributes = { strides: [...strides], pad: "valid", dataFormat: "NHWC", dilations: 1 };
  const run = (kernel: string, inputs: Record<string, Tensor>, more: object) =>
    engine().runKernel(kernel, inputs, {
      ...attributes,
      ...more,
    } as unknown as NamedAttrMap) as Tensor;
  return {
    x: () => {
      const inputShape = covered.shape;
      const gradient = run(`${backprop}Input`, { dy, filter: dense }, { inputShape });
      return fitImage(gradient, sides.map(unfitted));
    },
    filter: () => {
      const gradient = run(`${backprop}Filter`, { x: covered, dy }, { filterShape: dense.shape });
      return withoutGaps(gradient, filter.shape, dilations);
    },
  };
}

function borderBefore(pad: ConvolutionAttributes["pad"], side: number, missing: number): number {
  if (typeof pad === "number") return pad;
  if (pad === "same") return Math.floor(Math.max(0, missing) / 2);
  return pad === "valid" ? 0 : (pad[side + 1]?.[0] as number);
}

/** Puts zeros between the elements of a filter. */
function withGaps(filter: Tensor, dilations: Pair): Tensor {
  if (dilations.every((step) => step === 1)) return filter;
  const [height, width, inputs, outputs] = filter.shape as [number, number, number, number];
  const [down, right] = dilations;
  const cells = reshape(filter, [height, 1, width, 1, inputs, outputs]);
  const spread = padTensor(cells, [
    [0, 0],
    [0, down - 1],
    [0, 0],
    [0, right - 1],
    [0, 0],
    [0, 0],
  ]);
  const all = reshape(spread, [height * down, width * right, inputs, outputs]);
  return slice(
    all,
    [0, 0, 0, 0],
    [(height - 1) * down + 1, (width - 1) * right + 1, inputs, outputs],
  );
}

/** The inverse of `withGaps`. */
function withoutGaps(dense: Tensor, shape: readonly number[], dilations: Pair): Tensor {
  if (dilations.every((step) => step === 1)) return dense;
  const [height, width, inputs, outputs] = shape as [number, number, number, number];
  const [down, right] = dilations;
  const all = padTensor(dense, [
    [0, down - 1],
    [0, right - 1],
    [0, 0],
    [0, 0],
  ]);
  const cells = reshape(all, [height, down, width, right, inputs, outputs]);
  return reshape(slice(cells, [0, 0, 0, 0, 0, 0], [height, 1, width, 1, inputs, outputs]), [
    ...shape,
  ]);
}
