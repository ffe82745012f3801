import { defineMacro, type Macro } from "../lowering/define-macro.ts";
import type { GraphLowering } from "../lowering/graph-lowering.ts";
import type { Value } from "../lowering/value.ts";
import { sizeOf } from "../tensor-spec.ts";

const TWO_TO_31 = 2 ** 31;

/** Makes the same mask from the same key as `dropout` of `@acc/core` on other backends. */
export const dropout: Macro<"AccDropout"> = defineMacro<"AccDropout", number>({
  record({ x, key }, { rate }) {
    return {
      inputs: [x, key],
      outputs: [{ shape: x.shape, dtype: "float32" }],
      attributes: rate,
      key: String(rate),
    };
  },
  lower(graph, [x, key], rate, [output]) {
    const spec = output;
    const bits = hash(graph, sizeOf(spec.shape), graph.cast((key as Value).name, "uint32"));
    // Without its last bit it is an int32, which can be compared.
    const number = graph.cast(shifted(graph, bits, 1), "int32");
    const threshold = graph.scalar(Math.round(rate * TWO_TO_31), "int32");
    const survives = graph.node("GreaterOrEqual", [number, threshold]);
    const factor = graph.node("Mul", [
      graph.cast(survives, "float32"),
      graph.scalar(1 / (1 - rate)),
    ]);
    const mask = graph.node("Reshape", [factor, graph.integers(spec.shape)]);
    return [graph.value(graph.node("Mul", [graph.whole(x as Value), mask]), spec)];
  },
});

function hash(graph: GraphLowering, size: number, key: string): string {
  const iota = graph.node(
    "Range",
    [0, size, 1].map((value) => graph.scalar(value, "int32")),
  );
  const second = mixed(graph, xor(graph, key, unsigned(graph, 0x9e3779b9)));
  return mixed(graph, xor(graph, graph.cast(iota, "uint32"), key), second);
}

/** `mixBits` of `@acc/core`, with a second number mixed in halfway. */
function mixed(graph: GraphLowering, bits: string, between?: string): string {
  const multiply = (value: string, factor: number) =>
    graph.node("Mul", [value, unsigned(graph, factor)]);
  const fold = (value: string, distance: number) =>
    xor(graph, value, shifted(graph, value, distance));
  let result = multiply(fold(bits, 16), 0x7feb352d);
  if (between !== undefined) result = xor(graph, result, between);
  return fold(multiply(fold(result, 15), 0x846ca68b), 16);
}

function xor(graph: GraphLowering, a: string, b: string): string {
  return graph.node("BitwiseXor", [a, b]);
}

function shifted(graph: GraphLowering, bits: string, distance: number): string {
  return graph.node("BitShift", [bits, unsigned(graph, distance)], { direction: "RIGHT" });
}

function unsigned(graph: GraphLowering, value: number): string {
  return graph.cast(graph.scalar(value | 0, "int32"), "uint32");
}
