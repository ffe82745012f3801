import {
  add,
  cumprod,
  cumsum,
  type GradConfig,
  mul,
  reverse,
  stack,
  type Tensor,
  unstack,
  zerosLike,
} from "@tensorflow/tfjs-core";

type Attributes = { readonly axis: number; readonly exclusive: boolean; readonly reverse: boolean };

/** tfjs transposes the gradient once too often where the axis is not the last one. */
export const cumsumGradient: GradConfig = {
  kernelName: "Cumsum",
  gradFunc: (dy, _saved, attributes) => {
    const { axis, exclusive, reverse } = attributes as unknown as Attributes;
    return { x: () => cumsum(dy as Tensor, axis, exclusive, !reverse) };
  },
};

/** tfjs has none. */
export const cumprodGradient: GradConfig = {
  kernelName: "Cumprod",
  inputsToSave: ["x"],
  gradFunc: (dy, [x], attributes) => ({
    x: () => differentiateProducts(dy as Tensor, x as Tensor, attributes as unknown as Attributes),
  }),
};

/** Along the axis from its end, without a division: factors may be 0. */
function differentiateProducts(dy: Tensor, x: Tensor, attributes: Attributes): Tensor {
  const { exclusive } = attributes;
  const axis = attributes.axis < 0 ? attributes.axis + x.rank : attributes.axis;
  const ordered = (tensor: Tensor) => (attributes.reverse ? reverse(tensor, axis) : tensor);
  const along = (tensor: Tensor) => unstack(ordered(tensor), axis);
  const [factors, slopes] = [along(x), along(dy)];
  const before = along(cumprod(x, axis, true, attributes.reverse));
  const gradients: Tensor[] = [];
  /** What the products after a factor would add to its gradient, without those before it. */
  let after: Tensor | undefined;
  for (let i = factors.length - 1; i >= 0; i--) {
    const next = slopes[i + 1];
    const own: Tensor = exclusive
      ? (next ?? zerosLike(slopes[i] as Tensor))
      : (slopes[i] as Tensor);
    after = after ? add(own, mul(factors[i + 1] as Tensor, after)) : own;
    gradients[i] = mul(after, before[i] as Tensor);
  }
  return gradients.length === 0 ? zerosLike(x) : ordered(stack(gradients, axis));
}
