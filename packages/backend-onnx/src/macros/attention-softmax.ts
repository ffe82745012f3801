import { defineMacro, type Macro } from "../lowering/define-macro.ts";
import type { Value } from "../lowering/value.ts";

export const attentionSoftmax: Macro<"AccAttentionSoftmax"> = defineMacro<
  "AccAttentionSoftmax",
  number
>({
  record({ scores, bias }, { scale }) {
    return {
      inputs: bias ? [scores, bias] : [scores],
      outputs: [{ shape: scores.shape, dtype: "float32" }],
      attributes: scale,
      key: String(scale),
    };
  },
  lower(graph, [scores, bias], scale, [output]) {
    let logits = graph.whole(scores as Value);
    if (scale !== 1) logits = graph.node("Mul", [logits, graph.scalar(scale)]);
    if (bias) logits = graph.node("Add", [logits, bias.name]);
    const weights = graph.node("Softmax", [logits], { axis: -1 });
    return [graph.value(weights, output)];
  },
});

/** scale weights (dy - sum(dy weights)) */
export const attentionSoftmaxGrad: Macro<"AccAttentionSoftmaxGrad"> = defineMacro<
  "AccAttentionSoftmaxGrad",
  number
>({
  record({ dy, weights }, { scale }) {
    return {
      inputs: [dy, weights],
      outputs: [{ shape: weights.shape, dtype: "float32" }],
      attributes: scale,
      key: String(scale),
    };
  },
  lower(graph, inputs, scale, [output]) {
    const [dy, weights] = inputs.map((input) => graph.whole(input)) as [string, string];
    const axis = graph.integers([(inputs[1] as Value).shape.length - 1]);
    const weighted = graph.node("Mul", [dy, weights]);
    const total = graph.node("ReduceSum", [weighted, axis], { keepdims: 1 });
    let slope = graph.node("Mul", [weights, graph.node("Sub", [dy, total])]);
    if (scale !== 1) slope = graph.node("Mul", [slope, graph.scalar(scale)]);
    return [graph.value(slope, output)];
  },
});
