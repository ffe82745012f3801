import * as tf from "@tensorflow/tfjs";
import { activate, drawActivation } from "./activations.ts";
import type { Draw } from "./draw.ts";
import { generate, type Numbers } from "./numbers.ts";
import type { Kind } from "./program.ts";

type Row = number[];
type Cell = "simpleRNN" | "gru" | "lstm";
type Options = {
  readonly units: number;
  readonly activation: string;
  readonly recurrentActivation: string;
  readonly useBias: boolean;
  readonly returnSequences: boolean;
  readonly goBackwards: boolean;
};

/** `x [inputs]` times columns of `kernel [inputs, columns]`. */
function times(x: Row, { shape, values }: Numbers, from: number, count: number): Row {
  const columns = shape[1] as number;
  return Array.from({ length: count }, (_, j) =>
    x.reduce((sum, value, i) => sum + value * (values[i * columns + from + j] as number), 0),
  );
}

const plus = (...rows: Row[]): Row =>
  (rows[0] as Row).map((_, i) => rows.reduce((sum, row) => sum + (row[i] as number), 0));
const product = (a: Row, b: Row): Row => a.map((value, i) => value * (b[i] as number));
const apply = (row: Row, name: string): Row => [
  ...activate({ shape: [1, row.length], values: Float64Array.from(row) }, name).values,
];

/** The hidden states after each step of one sequence, in the order of the steps. */
function steps(cell: Cell, options: Options, sequence: Row[], weights: readonly Numbers[]): Row[] {
  const { units, activation, recurrentActivation, useBias } = options;
  const [kernel, recurrent, bias] = weights as [Numbers, Numbers, Numbers | undefined];
  let [h, c] = [Array(units).fill(0) as Row, Array(units).fill(0) as Row];
  return sequence.map((x) => {
    const from = (gate: number) => gate * units;
    const input = (gate: number) =>
      plus(
        times(x, kernel, from(gate), units),
        Array.from({ length: units }, (_, j) =>
          useBias ? ((bias as Numbers).values[from(gate) + j] as number) : 0,
        ),
      );
    const past = (gate: number, state: Row) => times(state, recurrent, from(gate), units);
    const gate = (i: number) => apply(plus(input(i), past(i, h)), recurrentActivation);
    if (cell === "simpleRNN") h = apply(plus(input(0), past(0, h)), activation);
    if (cell === "gru") {
      const [z, r] = [gate(0), gate(1)];
      const candidate = apply(plus(input(2), past(2, product(r, h))), activation);
      h = plus(
        product(z, h),
        product(
          z.map((value) => 1 - value),
          candidate,
        ),
      );
    }
    if (cell === "lstm") {
      const [i, f, o] = [gate(0), gate(1), gate(3)];
      const candidate = apply(plus(input(2), past(2, h)), activation);
      c = plus(product(f, c), product(i, candidate));
      h = product(o, apply(c, activation));
    }
    return h;
  });
}

function recur(cell: Cell, options: Options, x: Numbers, weights: readonly Numbers[]): Numbers {
  const [batch, length, size] = x.shape as [number, number, number];
  const all = Array.from({ length: batch }, (_, b) => {
    const sequence = Array.from({ length }, (_step, t) => [
      ...x.values.slice((b * length + t) * size, (b * length + t + 1) * size),
    ]);
    return steps(cell, options, options.goBackwards ? sequence.reverse() : sequence, weights);
  });
  const { units, returnSequences } = options;
  if (!returnSequences)
    return generate([batch, units], ([b = 0, j = 0]) => all[b]?.at(-1)?.[j] ?? 0);
  return generate([batch, length, units], ([b = 0, t = 0, j = 0]) => all[b]?.[t]?.[j] ?? 0);
}

function drawOptions(draw: Draw): Options & { implementation: number } {
  return {
    units: draw.from(1, 5),
    activation: drawActivation(draw, [
      "tanh",
      "relu",
      "sigmoid",
      "linear",
      "softsign",
      "elu",
      "gelu",
    ]),
    recurrentActivation: drawActivation(draw, ["hardSigmoid", "sigmoid", "tanh"]),
    useBias: draw.yes(),
    returnSequences: draw.yes(),
    goBackwards: draw.yes(),
    implementation: draw.from(1, 2),
  };
}

const CELLS: Cell[] = ["simpleRNN", "gru", "lstm"];
const MAKE = tf.layers as unknown as Record<Cell, (options: unknown) => tf.layers.Layer>;

const recurrent: Kind = (draw) => {
  const cell = draw.of(CELLS);
  const options = drawOptions(draw);
  const shape = draw.sizes(3, 5);
  return {
    label: `${cell} ${JSON.stringify({ shape, ...options })}`,
    inputs: [{ shape }],
    layer: () => MAKE[cell](options),
    reference: ([x], weights) => recur(cell, options, x as Numbers, weights),
  };
};

const bidirectional: Kind = (draw) => {
  const cell = draw.of(CELLS);
  const options = { ...drawOptions(draw), goBackwards: false };
  const mergeMode = draw.of(["sum", "mul", "concat", "ave"] as const);
  const shape = draw.sizes(3, 4);
  return {
    label: `bidirectional ${cell} ${mergeMode} ${JSON.stringify({ shape, ...options })}`,
    inputs: [{ shape }],
    layer: () => {
      const layer = MAKE[cell](options) as tf.layers.RNN;
      return tf.layers.bidirectional({ layer, mergeMode });
    },
    reference: ([x], weights) => {
      const half = weights.length / 2;
      const forward = recur(cell, options, x as Numbers, weights.slice(0, half));
      const reversed = { ...options, goBackwards: true };
      const back = recur(cell, reversed, x as Numbers, weights.slice(half));
      const { units } = options;
      const isConcat = mergeMode === "concat";
      const result = [...forward.shape.slice(0, -1), isConcat ? 2 * units : units];
      const length = forward.shape.at(-2) as number;
      const { values } = forward;
      return generate(result, (index) => {
        const [last, batch] = [index.at(-1) as number, index[0] as number];
        const t = index.length === 3 ? (index[1] as number) : 0;
        const isSequence = index.length === 3;
        const place = (step: number, j: number) =>
          (isSequence ? (batch * length + step) * units : batch * units) + j;
        const a = values[place(t, last % units)] as number;
        const b = back.values[place(length - 1 - t, last % units)] as number;
        if (isConcat) return last < units ? a : b;
        if (mergeMode === "mul") return a * b;
        return mergeMode === "sum" ? a + b : (a + b) / 2;
      });
    },
  };
};

export const RECURRENT: readonly Kind[] = [recurrent, bidirectional];
