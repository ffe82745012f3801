import type { Value } from "../../lowering/value.ts";
import type { RecurrentLowering } from "./recurrent-graph.ts";
import { RowGraph } from "./row-graph.ts";

/** A gated recurrent unit whose states have one row per sample. */
export const gruInRows: RecurrentLowering = (graph, inputs, sizes, outputs) => {
  const g = new RowGraph(graph, sizes);
  const { units } = sizes;
  const [x, ...others] = inputs as [Value, ...Value[]];
  const [kernel, recurrentKernel, bias, hidden] = others.map((input) => graph.whole(input)) as [
    ...[string, string, string, string],
  ];
  const [forGates, forCandidate] = g.split(recurrentKernel, 1, [2 * units, units]) as [
    ...[string, string],
  ];
  const projected = g.product(g.rowsOfBatches(x), kernel, { c: bias });
  const hs: string[] = [];
  const gates: { readonly [name in "updateReset" | "candidate"]: string[] } = {
    ...{ updateReset: [], candidate: [] },
  };
  let h = hidden;
  for (const part of g.stepsOf(projected)) {
    const [gatePart, candidatePart] = g.split(part, 1, [2 * units, units]) as [string, string];
    const opened = g.op("Sigmoid", g.product(h, forGates, { c: gatePart }));
    const [z, r] = g.split(opened, 1, [units, units]) as [string, string];
    const reset = g.op("Mul", r, h);
    const fresh = g.op("Tanh", g.product(reset, forCandidate, { c: candidatePart }));
    h = g.op("Add", g.op("Mul", z, h), g.op("Mul", g.complement(z), fresh));
    hs.push(h);
    gates.updateReset.push(opened);
    gates.candidate.push(fresh);
  }
  const sequences = [hs, gates.updateReset, gates.candidate];
  return g.sequencesOf(sequences, outputs);
};

/** Its gradients. Factors that do not depend on later steps are computed for the whole sequence. */
export const gruGradInRows: RecurrentLowering = (graph, inputs, sizes, outputs) => {
  const g = new RowGraph(graph, sizes);
  const { steps, features, units } = sizes;
  const [dy, x] = inputs as [Value, Value];
  const [kernel, recurrentKernel, hidden] = inputs
    .slice(2, 5)
    .map((input) => graph.whole(input)) as [string, string, string];
  const [value, updateReset, fresh] = inputs.slice(5).map((sequence) => g.rowsOf(sequence)) as [
    string,
    string,
    string,
  ];
  const [forGates, forCandidate] = g.split(recurrentKernel, 1, [2 * units, units]) as [
    ...[string, string],
  ];
  const [z, r] = g.split(updateReset, 1, [units, units]) as [string, string];
  const before = g.before(hidden, value);
  const slopes = {
    update: g.op("Mul", g.op("Sub", before, fresh), g.sigmoidSlope(z)),
    reset: g.op("Mul", before, g.sigmoidSlope(r)),
    candidate: g.op("Mul", g.complement(z), g.tanhSlope(fresh)),
  };
  const [updates, resets, candidates, zs, rs] = [
    ...[slopes.update, slopes.reset, slopes.candidate, z, r],
  ].map((sequence) => g.stepsOf(sequence)) as [
    ...[string[], string[], string[], string[], string[]],
  ];
  const dyParts = g.stepsOf(g.rowsOf(dy));
  const dSums: string[] = [];
  let dHidden: string | undefined;
  for (let step = steps - 1; step >= 0; step--) {
    const at = (parts: readonly string[]) => parts[step] as string;
    const dh = dHidden === undefined ? at(dyParts) : g.op("Add", at(dyParts), dHidden);
    const dCandidate = g.op("Mul", dh, at(candidates));
    const dReset = g.product(dCandidate, forCandidate, { transB: 1 }); // of reset gate times state
    const dGates = g.concat([g.op("Mul", dh, at(updates)), g.op("Mul", dReset, at(resets))], 1);
    dSums[step] = g.concat([dGates, dCandidate], 1);
    const direct = g.op("Add", g.op("Mul", dh, at(zs)), g.op("Mul", dReset, at(rs)));
    dHidden = g.product(dGates, forGates, { transB: 1, c: direct });
  }
  const dRows = g.sequenceOf(dSums);
  const [gateRows, candidateRows] = g.split(dRows, 1, [2 * units, units]) as [string, string];
  const dRecurrent = [
    g.product(before, gateRows, { transA: 1 }),
    g.product(g.op("Mul", r, before), candidateRows, { transA: 1 }),
  ];
  const dx = g.product(dRows, kernel, { transB: 1 });
  const results = [
    g.batchFirst(dx, features),
    g.product(g.rowsOfBatches(x), dRows, { transA: 1 }),
    g.concat(dRecurrent, 1),
    g.sumOfRows(dRows),
    dHidden as string,
  ];
  return g.valuesOf(results, outputs);
};
