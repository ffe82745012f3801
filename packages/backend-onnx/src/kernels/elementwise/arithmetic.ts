import type { TensorInfo } from "@tensorflow/tfjs-core";
import { broadcast, type GraphLowering } from "../../lowering/graph-lowering.ts";
import { defineKernel, type Kernel } from "../../lowering/kernel.ts";
import { type NumericType, sameShape, type TensorSpec } from "../../tensor-spec.ts";
import { binary } from "./binary.ts";
import { toInt32 } from "./math.ts";

const addN = defineKernel<readonly TensorInfo[], unknown>({
  name: "AddN",
  record(inputs) {
    const [first] = inputs;
    if (!first || inputs.some(({ dtype }) => dtype !== "float32")) return undefined;
    const outputs = [{ shape: first.shape, dtype: first.dtype as NumericType }];
    return { inputs, outputs, attributes: undefined };
  },
  lower: (graph, inputs, _, [output]) => [graph.elementwise("Sum", inputs, output as TensorSpec)],
});

/** The angle of (b, a): atan(a / |b|), mirrored where b is negative. */
const atan2 = binary(
  "Atan2",
  (graph, a, b, output) => {
    const zero = graph.scalar(0);
    // Not a / b: -0 is not below 0.
    const quotient = graph.elementwise("Div", [a, graph.map("Abs", b, "float32")], output);
    const isDiagonal = graph.node("And", [
      graph.node("IsInf", [a.name]),
      graph.node("IsInf", [b.name]),
    ]);
    const slope = graph.node("Where", [isDiagonal, graph.node("Sign", [a.name]), quotient.name]);
    const angle = graph.node("Atan", [slope]);
    const half = graph.node("Where", [
      graph.node("Less", [a.name, zero]),
      graph.scalar(-Math.PI),
      graph.scalar(Math.PI),
    ]);
    const isNegative = graph.node("Less", [b.name, zero]);
    const mirrored = graph.node("Where", [isNegative, graph.node("Sub", [half, angle]), angle]);
    const isOrigin = graph.node("And", [
      graph.node("Equal", [a.name, zero]),
      graph.node("Equal", [b.name, zero]),
    ]);
    return { ...quotient, name: graph.node("Where", [isOrigin, zero, mirrored]) };
  },
  { types: ["float32"] },
);

/** The result is int32 for any type. */
const floorDiv = binary(
  "FloorDiv",
  (graph, a, b, output) => {
    const quotient = flooredQuotient(graph, a.name, b.name);
    const name = integerUnlessZero(graph, quotient, b.name, graph.scalar(0, b.dtype));
    return { ...output, name, stored: broadcast([a.stored, b.stored]) };
  },
  { result: "int32" },
);

/** The result has the sign of the divisor. */
const mod = binary("Mod", (graph, a, b, output) => {
  const stored = broadcast([a.stored, b.stored]);
  if (a.dtype === "float32") {
    // Not a - floor(a / b) * b: float32 may not hold the quotient. This is exact, with the sign of a.
    const rest = graph.node("Mod", [a.name, b.name], { fmod: 1 });
    const zero = graph.scalar(0);
    const differs = graph.node("Xor", [
      graph.node("Less", [rest, zero]),
      graph.node("Less", [b.name, zero]),
    ]);
    const isWhole = graph.node("Equal", [rest, zero]);
    const moved = graph.node("Where", [isWhole, rest, graph.node("Add", [rest, b.name])]);
    return { ...output, name: graph.node("Where", [differs, moved, rest]), stored };
  }
  const quotient = flooredQuotient(graph, a.name, b.name);
  const whole = graph.node("Mul", [quotient, graph.cast(b.name, "float64")]);
  const rest = graph.node("Sub", [graph.cast(a.name, "float64"), whole]);
  const name = integerUnlessZero(graph, rest, b.name, graph.scalar(0, "int32"));
  return { ...output, name, stored };
});

/** Small constant exponents become products and roots: the general operator is many times slower. */
const pow = binary("Pow", (graph, a, b, output) => {
  const { name, dtype } = a;
  if (dtype === "int32") {
    const factors = [a, b].map((value) => graph.cast(value.name, "float64"));
    const exact = graph.node("Pow", factors);
    const stored = broadcast([a.stored, b.stored]);
    return { ...output, name: toInt32(graph, exact, "float64"), stored };
  }
  if (!sameShape(a.shape, output.shape)) {
    return graph.elementwise("Pow", [a, b], output);
  }
  const power = (result: string) => ({ ...output, name: result, stored: a.stored });
  const product = (x: string) => graph.node("Mul", [x, name]);
  switch (b.constant) {
    case -1:
      return power(graph.node("Reciprocal", [name]));
    case 0.5:
      return power(graph.node("Sqrt", [name]));
    case 1:
      return a;
    case 2:
      return power(product(name));
    case 3:
      return power(product(product(name)));
    default:
      return graph.elementwise("Pow", [a, b], output);
  }
});

const squaredDifference = binary("SquaredDifference", (graph, a, b, output) => {
  const difference = graph.elementwise("Sub", [a, b], output);
  return { ...difference, name: graph.node("Mul", [difference.name, difference.name]) };
});

/** Arithmetic of tensors that are broadcast against each other. */
export const ARITHMETIC: readonly Kernel[] = [
  binary("Add", "Add"),
  addN,
  atan2,
  floorDiv,
  binary("Maximum", "Max"),
  binary("Minimum", "Min"),
  mod,
  binary("Multiply", "Mul"),
  pow,
  binary("RealDiv", "Div", { types: ["float32"] }),
  squaredDifference,
  binary("Sub", "Sub"),
];

/**
 * The largest integer not above a / b, in float64, which holds every int32. The integer division of ONNX
 * Runtime ends the process where b is 0.
 */
function flooredQuotient(graph: GraphLowering, a: string, b: string): string {
  const quotient = graph.node("Div", [graph.cast(a, "float64"), graph.cast(b, "float64")]);
  return graph.node("Floor", [quotient]);
}

/** Rounds a float64 to int32, with 0 wherever b is 0. */
function integerUnlessZero(graph: GraphLowering, value: string, b: string, zero: string): string {
  const isZero = graph.node("Equal", [b, zero]);
  return graph.node("Where", [isZero, graph.scalar(0, "int32"), toInt32(graph, value, "float64")]);
}
