import type { backend_util } from "@tensorflow/tfjs-core";
import type { GraphLowering } from "../../lowering/graph-lowering.ts";

export type ActivationAttributes = {
  readonly activation?: backend_util.Activation;
  readonly leakyreluAlpha?: number;
};

/** Whether `activate` knows the activation; prelu has another tensor as input. */
export function isLowered(activation: backend_util.Activation | undefined): boolean {
  return activation !== "prelu";
}

/** The activation that a fused kernel ends with. */
export function activate(
  graph: GraphLowering,
  x: string,
  { activation = "linear", leakyreluAlpha = 0.2 }: ActivationAttributes,
): string {
  switch (activation) {
    case "relu":
      return graph.node("Relu", [x]);
    case "relu6":
      return graph.node("Clip", [x, graph.scalar(0), graph.scalar(6)]);
    case "sigmoid":
      return graph.node("Sigmoid", [x]);
    case "elu":
      return graph.node("Elu", [x]);
    case "leakyrelu":
      return graph.node("LeakyRelu", [x], { alpha: { float: leakyreluAlpha } });
    default:
      return x;
  }
}
