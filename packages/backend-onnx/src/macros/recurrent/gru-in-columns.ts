import type { Value } from "../../lowering/value.ts";
import { ColumnGraph } from "./column-graph.ts";
import { KnownSteps } from "./known-steps.ts";
import type { RecurrentLowering } from "./recurrent-graph.ts";

/** The gates of one step after their activation, and the state behind it, `[units, batch]` each. */
type Step = {
  readonly update: string;
  readonly reset: string;
  readonly candidate: string;
  readonly hidden: string;
};

const knownSteps = new KnownSteps<Step>();

/** A gated recurrent unit whose states have one column per sample, as `lstmInColumns`. */
export const gruInColumns: RecurrentLowering = (graph, inputs, sizes, outputs) => {
  const g = new ColumnGraph(graph, sizes);
  const { units } = sizes;
  const [x, kernel, recurrentKernel, bias, hidden] = inputs as readonly [
    ...[x: Value, kernel: Value, recurrentKernel: Value, bias: Value, hidden: Value],
  ];
  const weights = g.transpose(g.weights(recurrentKernel, kernel, bias));
  const [wz, wr, wc] = g.split(weights, 0, [units, units, units]) as [string, string, string];
  const steps: Step[] = [];
  let h = g.columnsOf(hidden);
  for (const column of g.stepsOfInput(x)) {
    const given = g.concat([h, column, g.ones], 0);
    const update = g.gate(wz, given, "Sigmoid");
    const reset = g.gate(wr, given, "Sigmoid");
    const kept = g.concat([g.op("Mul", reset, h), column, g.ones], 0);
    const candidate = g.gate(wc, kept, "Tanh");
    h = g.op("Add", g.op("Mul", update, h), g.op("Mul", g.complement(update), candidate));
    steps.push({ update, reset, candidate, hidden: h });
  }
  const parts = [
    steps.map((step) => step.hidden),
    steps.flatMap(({ update, reset }) => [update, reset]),
    steps.map(({ candidate }) => candidate),
  ];
  const values = outputs.map((spec, i) => g.sequenceOf(parts[i] as string[], spec));
  knownSteps.keep(graph, values[0] as Value, steps);
  return values;
};

/** Its gradients: two products for those of all weights, as the candidate sees the state behind the reset gate. */
export const gruGradInColumns: RecurrentLowering = (graph, inputs, sizes, outputs) => {
  const g = new ColumnGraph(graph, sizes);
  const { units } = sizes;
  const [dy, x, kernel, recurrentKernel, hidden, value, updateReset, candidates] =
    inputs as readonly [
      ...[dy: Value, x: Value, kernel: Value, recurrentKernel: Value],
      ...[hidden: Value, value: Value, updateReset: Value, candidates: Value],
    ];
  const steps = knownSteps.of(graph, value) ?? restoredSteps(g, value, updateReset, candidates);
  const recurrent = graph.whole(recurrentKernel);
  const [forGates, forCandidate] = g.split(recurrent, 1, [2 * units, units]) as [string, string];
  const dySteps = g.stepsOf(dy);
  const first = g.columnsOf(hidden);
  const before = [first, ...steps.slice(0, -1).map((step) => step.hidden)];
  const dGates: string[] = [];
  const dCandidates: string[] = [];
  const seen: string[] = [];
  let dHidden: string | undefined;
  for (let t = steps.length - 1; t >= 0; t--) {
    const { update, reset, candidate } = steps[t] as Step;
    const [state, given] = [before[t] as string, dySteps[t] as string];
    const dh = dHidden === undefined ? given : g.op("Add", given, dHidden);
    const held = g.op("Mul", dh, update);
    const fresh = g.op("Sub", dh, held);
    const slope = g.complement(g.op("Mul", candidate, candidate));
    const dCandidate = g.op("Mul", fresh, slope);
    const dReset = g.product(forCandidate, dCandidate); // of reset gate times state
    const direct = g.op("Mul", dReset, reset);
    const change = g.op("Mul", g.op("Mul", fresh, update), g.op("Sub", state, candidate));
    const opened = g.op("Mul", g.op("Mul", direct, state), g.complement(reset));
    const gates = g.concat([change, opened], 0);
    dHidden = g.op("Add", g.op("Add", held, direct), g.product(forGates, gates));
    dGates[t] = gates;
    dCandidates[t] = dCandidate;
    seen[t] = g.op("Mul", reset, state);
  }
  const [gates, fresh] = [g.concat(dGates, 1), g.concat(dCandidates, 1)];
  const dWeights = g.concat(
    [g.weightGradients(before, x, gates), g.weightGradients(seen, x, fresh)],
    1,
  );
  const [dRecurrent, dKernel, dBias] = g.weightParts(dWeights);
  const results = [
    g.batchFirst(g.product(graph.whole(kernel), g.concat([gates, fresh], 0))),
    ...[dKernel, dRecurrent, dBias],
    g.transpose(dHidden as string),
  ];
  return g.valuesOf(results, outputs);
};

/** The steps of a unit that was computed by another graph. */
function restoredSteps(
  g: ColumnGraph,
  value: Value,
  updateReset: Value,
  candidates: Value,
): readonly Step[] {
  const gates = g.stepsOf(updateReset);
  const fresh = g.stepsOf(candidates);
  return g.stepsOf(value).map((hidden, t) => ({
    ...{ hidden, candidate: fresh[t] as string },
    ...{ update: gates[2 * t] as string, reset: gates[2 * t + 1] as string },
  }));
}
