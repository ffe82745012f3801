import type { GradConfig } from "@tensorflow/tfjs-core";

/** Of a kernel that cuts a tensor into parts; tfjs's fails where there is one part. */
export function partsGradient(stock: GradConfig): GradConfig {
  return {
    ...stock,
    gradFunc: (dy, saved, attributes) =>
      stock.gradFunc(Array.isArray(dy) ? dy : [dy], saved, attributes),
  };
}
