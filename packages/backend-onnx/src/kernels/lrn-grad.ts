import type { LRNGradAttrs, LRNGradInputs } from "@tensorflow/tfjs-core";
import type { GraphLowering } from "../lowering/graph-lowering.ts";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { Shape, TensorSpec } from "../tensor-spec.ts";

/**
 * Gradient of the normalization y = x * norm^-beta, norm = bias + alpha * (sum of x^2 over neighbouring
 * channels): each x counts in its own y, and in the norms of its neighbours.
 */
export const lrnGrad: Kernel = defineKernel<LRNGradInputs, LRNGradAttrs>({
  name: "LRNGrad",
  record({ x, y, dy }, attributes) {
    if ([x, y, dy].some(({ dtype }) => dtype !== "float32")) return undefined;
    const { depthRadius, bias, alpha, beta } = attributes;
    return {
      inputs: [x, y, dy],
      outputs: [{ shape: x.shape, dtype: "float32" }],
      attributes,
      key: `${depthRadius}:${bias}:${alpha}:${beta}`,
    };
  },
  lower(graph, inputs, { depthRadius, bias, alpha, beta }, [output]) {
    const spec = output as TensorSpec;
    const [x, y, dy] = inputs.map((input) => graph.whole(input as Value)) as [
      string,
      string,
      string,
    ];
    const product = (a: string, b: string) => graph.node("Mul", [a, b]);
    const squares = neighbourSum(graph, product(x, x), spec.shape, depthRadius);
    const scaled = product(squares, graph.scalar(alpha));
    const norm = graph.node("Add", [scaled, graph.scalar(bias)]);
    const own = product(dy, graph.node("Pow", [norm, graph.scalar(-beta)]));
    const shares = graph.node("Div", [product(dy, y), norm]);
    const through = product(x, neighbourSum(graph, shares, spec.shape, depthRadius));
    const others = product(through, graph.scalar(2 * alpha * beta));
    return [graph.value(graph.node("Sub", [own, others]), spec)];
  },
});

/** For each channel, the sum over the channels that are at most `radius` away. */
function neighbourSum(graph: GraphLowering, x: string, shape: Shape, radius: number): string {
  const channels = shape.at(-1) as number;
  const size = 2 * radius + 1;
  const means = graph.node("AveragePool", [graph.reshape(x, [-1, 1, channels])], {
    kernel_shape: [size],
    pads: [radius, radius],
    count_include_pad: 1,
  });
  return graph.node("Mul", [graph.reshape(means, shape), graph.scalar(size)]);
}
