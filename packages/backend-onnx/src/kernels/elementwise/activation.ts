import {
  backend_util,
  type EluGradInputs,
  type LeakyReluAttrs,
  type LeakyReluInputs,
  type PreluInputs,
  type StepAttrs,
  type StepInputs,
} from "@tensorflow/tfjs-core";
import { defineKernel, type Kernel } from "../../lowering/kernel.ts";
import type { Value } from "../../lowering/value.ts";
import { sameShape, type TensorSpec } from "../../tensor-spec.ts";
import { logOfOnePlus } from "./math.ts";
import { unary } from "./unary.ts";

/** dy (min(y, 0) + 1) */
const eluGrad = defineKernel<EluGradInputs, unknown>({
  name: "EluGrad",
  record({ dy, y }) {
    const outputs = [{ shape: y.shape, dtype: "float32" as const }];
    return { inputs: [dy, y], outputs, attributes: undefined };
  },
  lower(graph, [dy, y], _, [output]) {
    const below = graph.node("Min", [(y as Value).name, graph.scalar(0)]);
    const slope = { ...(y as Value), name: graph.node("Add", [below, graph.scalar(1)]) };
    return [graph.elementwise("Mul", [dy as Value, slope], output as TensorSpec)];
  },
});

const leakyRelu = defineKernel<LeakyReluInputs, LeakyReluAttrs>({
  name: "LeakyRelu",
  record({ x }, attributes) {
    if (x.dtype !== "float32") return undefined;
    const outputs = [{ shape: x.shape, dtype: x.dtype }];
    return { inputs: [x], outputs, attributes, key: String(attributes.alpha) };
  },
  lower(graph, [x], { alpha }) {
    return [graph.map("LeakyRelu", x as Value, "float32", { alpha: { float: alpha } })];
  },
});

const prelu = defineKernel<PreluInputs, unknown>({
  name: "Prelu",
  record({ x, alpha }) {
    const shape = backend_util.assertAndGetBroadcastShape(x.shape, alpha.shape);
    if (x.dtype !== "float32" || alpha.dtype !== "float32" || !sameShape(shape, x.shape)) {
      return undefined;
    }
    const outputs = [{ shape, dtype: x.dtype }];
    return { inputs: [x, alpha], outputs, attributes: undefined };
  },
  lower(graph, [x, alpha], _, [output]) {
    const name = graph.node("PRelu", [graph.whole(x as Value), (alpha as Value).name]);
    return [graph.value(name, output as TensorSpec)];
  },
});

const ALPHA = 1.6732632423543772;
const SCALE = 1.0507009873554805;

const selu = unary("Selu", (graph, x) =>
  graph.node("Selu", [x], { alpha: { float: ALPHA }, gamma: { float: SCALE } }),
);

/** max(x, 0) + log(1 + exp(-|x|)), several times faster than the operator. */
const softplus = unary("Softplus", (graph, x) => {
  const decay = graph.node("Exp", [graph.node("Neg", [graph.node("Abs", [x])])]);
  return graph.node("Add", [graph.node("Relu", [x]), logOfOnePlus(graph, decay)]);
});

/** A slope so steep that every positive normal number reaches 1: twice as fast as comparing and casting. */
const STEEP = 3e38;
/** Makes the smallest positive numbers normal ones. */
const LARGE = 2 ** 126;

/** 1 above zero, `alpha` below. */
const step = defineKernel<StepInputs, StepAttrs>({
  name: "Step",
  record({ x }, attributes) {
    if (x.dtype !== "float32") return undefined;
    const outputs = [{ shape: x.shape, dtype: x.dtype }];
    return { inputs: [x], outputs, attributes, key: String(attributes.alpha) };
  },
  lower(graph, [x], { alpha }) {
    const { name, shape, stored } = x as Value;
    const attributes = { alpha: { float: STEEP }, beta: { float: 0 } };
    const normal = graph.node("Mul", [name, graph.scalar(LARGE)]);
    let result = graph.node("HardSigmoid", [normal], attributes);
    if (alpha !== 0) {
      const scaled = graph.node("Mul", [result, graph.scalar(1 - alpha)]);
      result = graph.node("Add", [scaled, graph.scalar(alpha)]);
    }
    return [{ name: result, shape, stored, dtype: "float32" }];
  },
});

/** Activations, and the derivatives that tfjs has kernels for. */
export const ACTIVATION: readonly Kernel[] = [
  unary("Elu", "Elu"),
  eluGrad,
  leakyRelu,
  prelu,
  unary("Relu", "Relu", { types: ["float32", "int32"] }),
  unary("Relu6", (graph, x) => graph.node("Clip", [x, graph.scalar(0), graph.scalar(6)])),
  selu,
  unary("Sigmoid", "Sigmoid"),
  softplus,
  step,
];
