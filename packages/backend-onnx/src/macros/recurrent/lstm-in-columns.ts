import type { Value } from "../../lowering/value.ts";
import { ColumnGraph } from "./column-graph.ts";
import { KnownSteps } from "./known-steps.ts";
import type { RecurrentLowering } from "./recurrent-graph.ts";

/** The gates of one step after their activation, and the states behind it, `[units, batch]` each. */
type Step = {
  readonly input: string;
  readonly forget: string;
  readonly candidate: string;
  readonly output: string;
  readonly cell: string;
  readonly hidden: string;
};

const knownSteps = new KnownSteps<Step>();

/**
 * A long short-term memory whose states have one column per sample. ONNX Runtime packs the second matrix of a product: here
 * it is the small one of the states, and not that of the weights at every step. Each gate is one product with its
 * activation inside, and the bias is a column of the weights, so nothing is split.
 */
export const lstmInColumns: RecurrentLowering = (graph, inputs, sizes, outputs) => {
  const g = new ColumnGraph(graph, sizes);
  const { units } = sizes;
  const [x, kernel, recurrentKernel, bias, hidden, cell] = inputs as readonly [
    ...[x: Value, kernel: Value, recurrentKernel: Value],
    ...[bias: Value, hidden: Value, cell: Value],
  ];
  const weights = g.weights(recurrentKernel, kernel, bias);
  const [wi, wf, wc, wo] = g.split(g.transpose(weights), 0, new Array(4).fill(units)) as [
    ...[string, string, string, string],
  ];
  const steps: Step[] = [];
  let [h, c] = [g.columnsOf(hidden), g.columnsOf(cell)];
  for (const column of g.stepsOfInput(x)) {
    const given = g.concat([h, column, g.ones], 0);
    const input = g.gate(wi, given, "Sigmoid");
    const forget = g.gate(wf, given, "Sigmoid");
    const candidate = g.gate(wc, given, "Tanh");
    const output = g.gate(wo, given, "Sigmoid");
    c = g.op("Add", g.op("Mul", forget, c), g.op("Mul", input, candidate));
    h = g.op("Mul", output, g.op("Tanh", c));
    steps.push({ input, forget, candidate, output, cell: c, hidden: h });
  }
  const parts = [
    [...steps.map((step) => step.hidden), c],
    steps.flatMap(({ input, forget }) => [input, forget]),
    steps.map(({ output }) => output),
    steps.map(({ candidate }) => candidate),
    steps.map((step) => step.cell),
  ];
  const values = outputs.map((spec, i) => g.sequenceOf(parts[i] as string[], spec));
  knownSteps.keep(graph, values[0] as Value, steps);
  return values;
};

/** Its gradients: 18 nodes per step, and one product for those of all weights. */
export const lstmGradInColumns: RecurrentLowering = (graph, inputs, sizes, outputs) => {
  const g = new ColumnGraph(graph, sizes);
  const [dy, x, kernel, recurrentKernel, hidden, cell, value, ...kept] = inputs as readonly [
    ...[dy: Value, x: Value, kernel: Value, recurrentKernel: Value, hidden: Value, cell: Value],
    ...[value: Value, ...kept: Value[]],
  ];
  const steps = knownSteps.of(graph, value) ?? restoredSteps(g, value, kept);
  const weights = graph.whole(recurrentKernel);
  const dySteps = g.stepsOf(dy);
  const [firstHidden, firstCell] = [g.columnsOf(hidden), g.columnsOf(cell)];
  const dSums: string[] = [];
  let dHidden: string | undefined;
  let dCell = dySteps.at(-1) as string;
  for (let t = steps.length - 1; t >= 0; t--) {
    const { input, forget, candidate, output, cell: state } = steps[t] as Step;
    const squashed = g.op("Tanh", state);
    const given = dySteps[t] as string;
    const dh = dHidden === undefined ? given : g.op("Add", given, dHidden);
    const opened = g.op("Mul", dh, output);
    const shown = g.op("Mul", opened, squashed);
    dCell = g.op("Add", dCell, g.op("Sub", opened, g.op("Mul", shown, squashed)));
    const entered = g.op("Mul", dCell, input);
    const taken = g.op("Mul", entered, candidate);
    const held = g.op("Mul", dCell, forget);
    const dSum = g.concat(
      [
        g.op("Mul", taken, g.complement(input)),
        g.op("Mul", g.op("Mul", held, steps[t - 1]?.cell ?? firstCell), g.complement(forget)),
        g.op("Sub", entered, g.op("Mul", taken, candidate)),
        g.op("Mul", shown, g.complement(output)),
      ],
      0,
    );
    dSums[t] = dSum;
    dHidden = g.product(weights, dSum);
    dCell = held;
  }
  const all = g.concat(dSums, 1);
  const before = [firstHidden, ...steps.slice(0, -1).map((step) => step.hidden)];
  const dWeights = g.weightGradients(before, x, all);
  const [dRecurrent, dKernel, dBias] = g.weightParts(dWeights);
  const results = [
    g.batchFirst(g.product(graph.whole(kernel), all)),
    ...[dKernel, dRecurrent, dBias],
    ...[g.transpose(dHidden as string), g.transpose(dCell)],
  ];
  return g.valuesOf(results, outputs);
};

/** The steps of a memory that was computed by another graph. */
function restoredSteps(g: ColumnGraph, value: Value, kept: readonly Value[]): readonly Step[] {
  const [inputForget, outputs, candidates, cells] = kept.map((one) => g.stepsOf(one)) as [
    ...[string[], string[], string[], string[]],
  ];
  const hidden = g.stepsOf(value);
  return cells.map((cell, t) => {
    const [input, forget] = inputForget.slice(2 * t, 2 * t + 2) as [string, string];
    return {
      ...{ input, forget, cell, output: outputs[t] as string },
      ...{ candidate: candidates[t] as string, hidden: hidden[t] as string },
    };
  });
}
