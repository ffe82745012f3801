import type { SelectInputs } from "@tensorflow/tfjs-core";
import { defineKernel, type Kernel } from "../../lowering/kernel.ts";
import type { Value } from "../../lowering/value.ts";
import type { NumericType, TensorSpec } from "../../tensor-spec.ts";
import { binary } from "./binary.ts";
import { unary } from "./unary.ts";

const notEqual = binary(
  "NotEqual",
  (graph, a, b, output) => graph.map("Not", graph.elementwise("Equal", [a, b], output), "bool"),
  { types: ["float32", "int32", "bool"], result: "bool" },
);

const isFiniteNumber = unary(
  "IsFinite",
  (graph, x) =>
    graph.node("Not", [graph.node("Or", [graph.node("IsNaN", [x]), graph.node("IsInf", [x])])]),
  { result: "bool" },
);

/** A condition with one axis selects whole rows. */
const select = defineKernel<SelectInputs, unknown>({
  name: "Select",
  record({ condition, t, e }) {
    if (condition.dtype !== "bool" || t.dtype !== e.dtype) return undefined;
    const outputs = [{ shape: t.shape, dtype: t.dtype as NumericType }];
    return { inputs: [condition, t, e], outputs, attributes: undefined };
  },
  lower(graph, inputs, _, [output]) {
    const [condition, t, e] = inputs as [Value, Value, Value];
    const spec = output as TensorSpec;
    const [rows = 1] = condition.shape;
    const choice =
      condition.shape.length === 1 && spec.shape.length > 1
        ? graph.reshaped(condition, [rows, ...spec.shape.slice(1).map(() => 1)])
        : condition;
    if (spec.dtype !== "bool") return [graph.elementwise("Where", [choice, t, e], spec)];
    // ONNX Runtime cannot select between bools.
    const chosen = graph.elementwise("And", [choice, t], spec);
    const others = graph.elementwise("And", [graph.map("Not", choice, "bool"), e], spec);
    return [graph.elementwise("Or", [chosen, others], spec)];
  },
});

/** Comparisons, and logic with their results. */
export const COMPARISON: readonly Kernel[] = [
  binary("Equal", "Equal", { types: ["float32", "int32", "bool"], result: "bool" }),
  binary("Greater", "Greater", { result: "bool" }),
  binary("GreaterEqual", "GreaterOrEqual", { result: "bool" }),
  isFiniteNumber,
  unary("IsInf", "IsInf", { result: "bool" }),
  unary("IsNan", "IsNaN", { result: "bool" }),
  binary("Less", "Less", { result: "bool" }),
  binary("LessEqual", "LessOrEqual", { result: "bool" }),
  binary("LogicalAnd", "And", { types: ["bool"] }),
  unary("LogicalNot", "Not", { types: ["bool"] }),
  binary("LogicalOr", "Or", { types: ["bool"] }),
  notEqual,
  select,
];
