import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { TensorSpec } from "../tensor-spec.ts";

type Inputs = { readonly scores: TensorInfo; readonly bias?: TensorInfo };
type GradInputs = Readonly<Record<"dy" | "weights", TensorInfo>>;
type Scale = { readonly scale: number };

export const attentionSoftmax: Kernel = defineKernel<Inputs, Scale, number>({
  name: "AccAttentionSoftmax",
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
    return [graph.value(weights, output as TensorSpec)];
  },
});

/** scale weights (dy - sum(dy weights)) */
export const attentionSoftmaxGrad: Kernel = defineKernel<GradInputs, Scale, number>({
  name: "AccAttentionSoftmaxGrad",
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
    return [graph.value(slope, output as TensorSpec)];
  },
});
