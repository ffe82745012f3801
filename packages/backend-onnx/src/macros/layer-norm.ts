import { defineMacro, type Macro } from "../lowering/define-macro.ts";
import type { Value } from "../lowering/value.ts";
import type { Shape, TensorSpec } from "../tensor-spec.ts";

const float = (shape: Shape): TensorSpec => ({ shape, dtype: "float32" });

export const layerNorm: Macro<"AccLayerNorm"> = defineMacro<"AccLayerNorm", number>({
  record({ x, gamma, beta }, { epsilon }) {
    const statistics = float([...x.shape.slice(0, -1), 1]);
    return {
      inputs: [x, gamma, beta],
      outputs: [float(x.shape), statistics, statistics],
      attributes: epsilon,
      key: String(epsilon),
    };
  },
  lower(graph, inputs, epsilon, outputs) {
    const names = inputs.map((input) => graph.whole(input));
    const attributes = { axis: -1, epsilon: { float: epsilon } };
    const results = graph.nodes("LayerNormalization", names, attributes, 3);
    return outputs.map((output, i) => graph.value(results[i] as string, output));
  },
});

export const layerNormGrad: Macro<"AccLayerNormGrad"> = defineMacro<"AccLayerNormGrad">({
  record({ dy, x, gamma, center, inverse }) {
    return {
      inputs: [dy, x, gamma, center, inverse],
      outputs: [float(x.shape), float(gamma.shape), float(gamma.shape)],
      attributes: undefined,
    };
  },
  lower(graph, inputs, _, outputs) {
    const [dy, x, gamma, center, inverse] = inputs.map((input) => graph.whole(input)) as [
      ...[string, string, string],
      ...[string, string],
    ];
    const { shape } = inputs[1] as Value;
    const last = shape.length - 1;
    const features = shape[last] as number;
    const leading = graph.integers([...shape.keys()].slice(0, last));
    const sumOver = (value: string) => graph.node("ReduceSum", [value, leading], { keepdims: 0 });
    const mul = (a: string, b: string) => graph.node("Mul", [a, b]);
    const sub = (a: string, b: string) => graph.node("Sub", [a, b]);
    const normalized = mul(sub(x, center), inverse);
    const dyNormalized = mul(dy, normalized);
    const scaled = mul(dy, gamma);
    const mean = graph.node("ReduceMean", [scaled, graph.integers([last])], { keepdims: 1 });
    // The mean of scaled * normalized, as a product: gamma is the only factor that varies along the axis.
    const weights = graph.node("Div", [gamma, graph.scalar(features)]);
    const column = graph.node("Reshape", [weights, graph.integers([features, 1])]);
    const projection = mul(normalized, graph.node("MatMul", [dyNormalized, column]));
    const dx = mul(sub(sub(scaled, mean), projection), inverse);
    const results = [dx, sumOver(dyNormalized), sumOver(dy)];
    return outputs.map((output, i) => graph.value(results[i] as string, output));
  },
});
