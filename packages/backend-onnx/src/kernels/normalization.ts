import type {
  FusedBatchNormAttrs,
  FusedBatchNormInputs,
  LRNAttrs,
  LRNGradAttrs,
  LRNGradInputs,
  LRNInputs,
  SoftmaxAttrs,
  SoftmaxInputs,
} from "@tensorflow/tfjs-core";
import { broadcast, type GraphLowering } from "../lowering/graph-lowering.ts";
import { defineKernel, type Kernel } from "../lowering/kernel.ts";
import type { Value } from "../lowering/value.ts";
import type { Shape, TensorSpec } from "../tensor-spec.ts";
import { toChannelsFirst, toChannelsLast } from "./convolution/channels.ts";
import { axesOf } from "./reduction/axes.ts";

/** Its place among the inputs. */
const OFFSET = 3;

type Normalization = {
  readonly epsilon: number;
  readonly hasOffset: boolean;
  readonly hasScale: boolean;
};

/** (x - mean) (scale / sqrt(variance + epsilon)) + offset */
const fusedBatchNorm = defineKernel<FusedBatchNormInputs, FusedBatchNormAttrs, Normalization>({
  name: "FusedBatchNorm",
  record({ x, mean, variance, offset, scale }, { varianceEpsilon }) {
    if (x.dtype !== "float32") return undefined;
    const optional = [offset, scale].filter(Boolean);
    const hasOffset = Boolean(offset);
    const hasScale = Boolean(scale);
    return {
      inputs: [x, mean, variance, ...optional],
      outputs: [{ shape: x.shape, dtype: x.dtype }],
      attributes: { epsilon: varianceEpsilon, hasOffset, hasScale },
      key: `${varianceEpsilon}${hasOffset}${hasScale}`,
    };
  },
  lower(graph, inputs, { epsilon, hasOffset, hasScale }, [output]) {
    const { shape, dtype } = output as TensorSpec;
    const names = inputs.map(({ name }) => name);
    const [x, mean, variance] = names as [string, string, string];
    const shifted = graph.node("Add", [variance, graph.scalar(epsilon)]);
    let factor = graph.node("Reciprocal", [graph.node("Sqrt", [shifted])]);
    if (hasScale) factor = graph.node("Mul", [factor, names.at(-1) as string]);
    let name = graph.node("Mul", [graph.node("Sub", [x, mean]), factor]);
    if (hasOffset) name = graph.node("Add", [name, names[OFFSET] as string]);
    return [{ name, shape, dtype, stored: broadcast(inputs.map(({ stored }) => stored)) }];
  },
});

/**
 * Normalizes over neighbouring channels. ONNX divides alpha by the number of neighbours, and ONNX Runtime
 * refuses an alpha or a beta that is not above 0.
 */
const lrn = defineKernel<LRNInputs, LRNAttrs>({
  name: "LRN",
  record({ x }, attributes) {
    const { depthRadius, bias, alpha, beta } = attributes;
    if (x.dtype !== "float32" || !(alpha > 0 && beta > 0)) return undefined;
    const outputs = [{ shape: x.shape, dtype: x.dtype }];
    const key = `${depthRadius}:${bias}:${alpha}:${beta}`;
    return { inputs: [x], outputs, attributes, key };
  },
  lower(graph, [x], { depthRadius, bias, alpha, beta }, [output]) {
    const size = 2 * depthRadius + 1;
    const normalized = graph.node("LRN", [toChannelsFirst(graph, graph.whole(x as Value))], {
      size,
      bias: { float: bias },
      alpha: { float: alpha * size },
      beta: { float: beta },
    });
    return [graph.value(toChannelsLast(graph, normalized), output as TensorSpec)];
  },
});

/**
 * Gradient of the normalization y = x * norm^-beta, norm = bias + alpha * (sum of x^2 over neighbouring
 * channels): each x contributes to its own y and to the norms of its neighbours.
 */
const lrnGrad = defineKernel<LRNGradInputs, LRNGradAttrs>({
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

const softmax = defineKernel<SoftmaxInputs, SoftmaxAttrs, number>({
  name: "Softmax",
  record({ logits }, { dim }) {
    if (logits.dtype !== "float32" || logits.shape.length === 0) return undefined;
    const [axis = 0] = axesOf(dim, logits.shape);
    const outputs = [{ shape: logits.shape, dtype: logits.dtype }];
    return { inputs: [logits], outputs, attributes: axis, key: String(axis) };
  },
  lower(graph, [logits], axis, [output]) {
    const name = graph.node("Softmax", [graph.whole(logits as Value)], { axis });
    return [graph.value(name, output as TensorSpec)];
  },
});

/** Kernels that scale values by statistics of other values. */
export const NORMALIZATION: readonly Kernel[] = [fusedBatchNorm, lrn, lrnGrad, softmax];
