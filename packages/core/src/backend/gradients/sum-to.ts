import { broadcast_util, reshape, sum, type Tensor } from "@tensorflow/tfjs-core";

/** The sum over what was repeated to broadcast a tensor of this shape. */
export function sumTo(gradient: Tensor, shape: number[]): Tensor {
  const axes = broadcast_util.getReductionAxes(shape, gradient.shape);
  return reshape(axes.length > 0 ? sum(gradient, axes) : gradient, shape);
}
