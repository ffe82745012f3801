import { type GradConfig, type Tensor, zeros } from "@tensorflow/tfjs-core";

/** Kernels of two tensors whose results are steps. */
const COMPARISONS = [
  ...["Equal", "NotEqual", "Greater", "GreaterEqual", "Less", "LessEqual"],
  ...["LogicalAnd", "LogicalOr"],
];

/**
 * Of comparisons: zero. tfjs has none, and fails where a condition depends on what is differentiated, such as
 * `where(greater(x, 0), x, y)`, or the layer `thresholdedReLU`.
 */
export function comparisonGradients(): GradConfig[] {
  return COMPARISONS.map((kernelName) => ({
    kernelName,
    inputsToSave: ["a", "b"],
    gradFunc: (_dy, saved) => {
      const [a, b] = saved as [Tensor, Tensor];
      return { a: () => zeros(a.shape), b: () => zeros(b.shape) };
    },
  }));
}
