import { defineMacro, type Macro } from "../lowering/define-macro.ts";
import type { Value } from "../lowering/value.ts";

/** The losses, and the probabilities that the gradient needs. */
export const softmaxCrossEntropy: Macro<"AccSoftmaxCrossEntropy"> =
  defineMacro<"AccSoftmaxCrossEntropy">({
    record({ labels, logits }) {
      return {
        inputs: [labels, logits],
        outputs: [
          { shape: logits.shape.slice(0, -1), dtype: "float32" },
          { shape: logits.shape, dtype: "float32" },
        ],
        attributes: undefined,
      };
    },
    lower(graph, inputs, _, outputs) {
      const [labels, logits] = inputs.map((input) => graph.whole(input)) as [string, string];
      const axis = graph.integers([(inputs[1] as Value).shape.length - 1]);
      const logs = graph.node("LogSoftmax", [logits], { axis: -1 });
      const picked = graph.node("Mul", [labels, logs]);
      const losses = graph.node("Neg", [graph.node("ReduceSum", [picked, axis], { keepdims: 0 })]);
      const results = [losses, graph.node("Exp", [logs])];
      return outputs.map((output, i) => graph.value(results[i] as string, output));
    },
  });

export const softmaxCrossEntropyGrad: Macro<"AccSoftmaxCrossEntropyGrad"> =
  defineMacro<"AccSoftmaxCrossEntropyGrad">({
    record({ dy, labels, predicted }) {
      return {
        inputs: [dy, labels, predicted],
        outputs: [{ shape: predicted.shape, dtype: "float32" }],
        attributes: undefined,
      };
    },
    lower(graph, [dy, ...rest], _, [output]) {
      const [labels, predicted] = rest.map((input) => graph.whole(input)) as [string, string];
      const { shape } = dy as Value;
      const column = graph.reshaped(dy as Value, [...shape, 1]).name;
      const axis = graph.integers([shape.length]);
      const totals = graph.node("ReduceSum", [labels, axis], { keepdims: 1 });
      const excess = graph.node("Sub", [graph.node("Mul", [predicted, totals]), labels]);
      return [graph.value(graph.node("Mul", [excess, column]), output)];
    },
  });
