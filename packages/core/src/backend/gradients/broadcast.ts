import type { GradConfig, Tensor } from "@tensorflow/tfjs-core";
import { sumTo } from "./sum-to.ts";

/** Of a kernel that broadcasts its inputs a and b, which it saves; tfjs forgets to sum over the dimensions that it repeats. */
export function broadcastGradient(stock: GradConfig): GradConfig {
  return {
    ...stock,
    gradFunc: (dy, saved, attributes) => {
      const gradients = stock.gradFunc(dy, saved, attributes);
      return Object.fromEntries(
        ["a", "b"].map((name, i) => [
          name,
          () => sumTo((gradients[name] as () => Tensor)(), (saved[i] as Tensor).shape),
        ]),
      );
    },
  };
}
