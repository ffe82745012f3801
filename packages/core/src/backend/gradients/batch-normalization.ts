import { add, type GradConfig, mul, rsqrt, scalar, sub, type Tensor } from "@tensorflow/tfjs-core";
import { sumTo } from "./sum-to.ts";

/**
 * Of a batch normalisation with given statistics. tfjs repeats the statistics to the size of the input, where broadcasting
 * does the same without a copy, and fails where they do not go along the last axis.
 */
export function batchNormalizationGradient(stock: GradConfig): GradConfig {
  return {
    ...stock,
    gradFunc: (dy, saved, attributes) => {
      const [x, mean, variance, scale] = saved as [Tensor, Tensor, Tensor, Tensor | undefined];
      const { varianceEpsilon } = attributes as unknown as { readonly varianceEpsilon: number };
      const gradient = dy as Tensor;
      const inverse = () => rsqrt(add(variance, scalar(varianceEpsilon)));
      const factor = () => (scale ? mul(inverse(), scale) : inverse());
      const own = { x: () => mul(gradient, factor()) };
      if (mean.rank < 2) return { ...stock.gradFunc(dy, saved, attributes), ...own };
      const normalized = () => mul(sub(x, mean), inverse());
      const scaleShape = scale?.shape ?? mean.shape;
      return {
        ...own,
        mean: () => sumTo(mul(gradient, mul(factor(), scalar(-1))), mean.shape),
        variance: () => {
          const slope = mul(normalized(), mul(factor(), mul(inverse(), scalar(-0.5))));
          return sumTo(mul(gradient, slope), variance.shape);
        },
        scale: () => sumTo(mul(gradient, normalized()), scaleShape),
        offset: () => sumTo(gradient, mean.shape),
      };
    },
  };
}
