import type {
  CastAttrs,
  CastInputs,
  ClipByValueAttrs,
  ClipByValueInputs,
} from "@tensorflow/tfjs-core";
import type { GraphLowering } from "../../lowering/graph-lowering.ts";
import { defineKernel, type Kernel } from "../../lowering/kernel.ts";
import type { Value } from "../../lowering/value.ts";
import { isNumeric, type NumericType } from "../../tensor-spec.ts";
import { unary } from "./unary.ts";

/** From float to int32 it cuts off the fraction, as JavaScript does. */
const cast = defineKernel<CastInputs, CastAttrs, NumericType>({
  name: "Cast",
  record({ x }, { dtype }) {
    if (x.dtype === dtype) return { alias: x, shape: x.shape };
    if (!isNumeric(dtype)) return undefined;
    return { inputs: [x], outputs: [{ shape: x.shape, dtype }], attributes: dtype, key: dtype };
  },
  lower(graph, [x], dtype) {
    const { name, shape, stored, dtype: given } = x as Value;
    const cutsOff = given === "float32" && dtype === "int32";
    const result = cutsOff ? toInt32(graph, name, given) : graph.cast(name, dtype);
    return [{ name: result, shape, stored, dtype }];
  },
});

const clipByValue = defineKernel<ClipByValueInputs, ClipByValueAttrs, undefined>({
  name: "ClipByValue",
  record({ x }, { clipValueMin, clipValueMax }) {
    const dtype = x.dtype as NumericType;
    if (dtype !== "float32") return undefined;
    const scalars = [clipValueMin, clipValueMax].map((value) => ({ value, dtype }));
    return { inputs: [x], scalars, outputs: [{ shape: x.shape, dtype }], attributes: undefined };
  },
  lower(graph, inputs) {
    const [x, least, largest] = inputs as [Value, Value, Value];
    const name = graph.node("Clip", [x.name, least.name, largest.name]);
    return [{ ...x, name }];
  },
});

/** (u - 1) x / log(u) with u = exp(x), as rounded: exact near 0, where exp(x) - 1 loses all digits. */
const expm1 = unary("Expm1", (graph, x) => {
  const u = graph.node("Exp", [x]);
  const difference = graph.node("Sub", [u, graph.scalar(1)]);
  const corrected = graph.node("Div", [graph.node("Mul", [difference, x]), graph.node("Log", [u])]);
  const isSmall = graph.node("Less", [graph.node("Abs", [x]), graph.scalar(1)]);
  const isTiny = graph.node("Equal", [difference, graph.scalar(0)]);
  const general = graph.node("Where", [isSmall, corrected, difference]);
  return graph.node("Where", [isTiny, x, general]);
});

const log1p = unary("Log1p", (graph, x) => {
  const isInfinite = graph.node("IsInf", [x], { detect_negative: 0 });
  return graph.node("Where", [isInfinite, x, logOfOnePlus(graph, x)]);
});

/** The sign of NaN is 0 in tfjs, NaN in ONNX. */
const sign = unary(
  "Sign",
  (graph, x, dtype) => graph.node("Sign", [dtype === "float32" ? withoutNan(graph, x, 0) : x]),
  { types: ["float32", "int32"] },
);

/** Functions of one number. */
export const MATH: readonly Kernel[] = [
  unary("Abs", "Abs", { types: ["float32", "int32"] }),
  unary("Acos", "Acos"),
  unary("Acosh", "Acosh"),
  unary("Asin", "Asin"),
  unary("Asinh", "Asinh"),
  unary("Atan", "Atan"),
  unary("Atanh", "Atanh"),
  cast,
  unary("Ceil", "Ceil"),
  clipByValue,
  unary("Cos", "Cos"),
  unary("Cosh", "Cosh"),
  unary("Erf", "Erf"),
  unary("Exp", "Exp"),
  expm1,
  unary("Floor", "Floor"),
  unary("Log", "Log"),
  log1p,
  unary("Neg", "Neg", { types: ["float32", "int32"] }),
  unary("Reciprocal", "Reciprocal"),
  unary("Round", "Round"),
  unary("Rsqrt", (graph, x) => graph.node("Reciprocal", [graph.node("Sqrt", [x])])),
  sign,
  unary("Sin", "Sin"),
  unary("Sinh", "Sinh"),
  unary("Sqrt", "Sqrt"),
  unary("Square", (graph, x) => graph.node("Mul", [x, x]), { types: ["float32", "int32"] }),
  unary("Tan", "Tan"),
  unary("Tanh", "Tanh"),
];

/** A float32 tensor with another number in place of NaN. */
export function withoutNan(graph: GraphLowering, x: string, replacement: number): string {
  return graph.node("Where", [graph.node("IsNaN", [x]), graph.scalar(replacement), x]);
}

/** log(u) x / (u - 1) with u = 1 + x, as rounded: exact near 0, where log(1 + x) loses all digits. Not for infinity. */
export function logOfOnePlus(graph: GraphLowering, x: string): string {
  const u = graph.node("Add", [x, graph.scalar(1)]);
  const rounded = graph.node("Sub", [u, graph.scalar(1)]);
  const isZero = graph.node("Equal", [rounded, graph.scalar(0)]);
  const corrected = graph.node("Mul", [graph.node("Log", [u]), graph.node("Div", [x, rounded])]);
  return graph.node("Where", [isZero, x, corrected]);
}

/** Whole numbers up to here fit into an int64. */
const INT64_END = 2 ** 63;

/** As JavaScript converts to int32: 0 for NaN and infinities; what is too large loses its upper bits. */
export function toInt32(graph: GraphLowering, x: string, dtype: "float32" | "float64"): string {
  const limit = graph.cast(graph.scalar(INT64_END), dtype);
  const zero = graph.cast(graph.scalar(0), dtype);
  const fits = graph.node("Less", [graph.node("Abs", [x]), limit]);
  const whole = graph.node("Where", [fits, x, zero]);
  // ONNX Runtime makes one cast of two in a row, and that one does not drop bits.
  const negated = graph.node("Neg", [graph.cast(whole, "int64")]);
  return graph.node("Neg", [graph.cast(negated, "int32")]);
}
