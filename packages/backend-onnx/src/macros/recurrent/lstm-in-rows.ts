import type { Value } from "../../lowering/value.ts";
import type { RecurrentLowering } from "./recurrent-graph.ts";
import { RowGraph } from "./row-graph.ts";

/** A long short-term memory whose states have one row per sample. */
export const lstmInRows: RecurrentLowering = (graph, inputs, sizes, outputs) => {
  const g = new RowGraph(graph, sizes);
  const { units } = sizes;
  const [x, ...others] = inputs as [Value, ...Value[]];
  const [kernel, recurrentKernel, bias, hidden, cell] = others.map((input) =>
    graph.whole(input),
  ) as [string, string, string, string, string];
  const projected = g.product(g.rowsOfBatches(x), kernel, { c: bias });
  const hs: string[] = [];
  const cs: string[] = [];
  const gates: { readonly [name in "inputForget" | "output" | "candidate"]: string[] } = {
    ...{ inputForget: [], output: [], candidate: [] },
  };
  let [h, c] = [hidden, cell];
  for (const part of g.stepsOf(projected)) {
    const sums = g.product(h, recurrentKernel, { c: part });
    const [inputForget, candidate, output] = g.split(sums, 1, [2 * units, units, units]);
    const opened = g.op("Sigmoid", inputForget as string);
    const [i, f] = g.split(opened, 1, [units, units]) as [string, string];
    const o = g.op("Sigmoid", output as string);
    const fresh = g.op("Tanh", candidate as string);
    c = g.op("Add", g.op("Mul", f, c), g.op("Mul", i, fresh));
    h = g.op("Mul", o, g.op("Tanh", c));
    hs.push(h);
    cs.push(c);
    gates.inputForget.push(opened);
    gates.output.push(o);
    gates.candidate.push(fresh);
  }
  const sequences = [[...hs, c], gates.inputForget, gates.output, gates.candidate, cs];
  return g.sequencesOf(sequences, outputs);
};

/**
 * Its gradients. All factors that do not depend on later steps are computed for the whole sequence at once; seven nodes per
 * step remain.
 */
export const lstmGradInRows: RecurrentLowering = (graph, inputs, sizes, outputs) => {
  const g = new RowGraph(graph, sizes);
  const { batch, steps, features, units } = sizes;
  const [dy, x] = inputs as [Value, Value];
  const [kernel, recurrentKernel, hidden, cell] = inputs
    .slice(2, 6)
    .map((input) => graph.whole(input)) as [string, string, string, string];
  const [value, inputForget, o, fresh, cells] = inputs
    .slice(6)
    .map((sequence) => g.rowsOf(sequence)) as [string, string, string, string, string];
  const [i, f] = g.split(inputForget, 1, [units, units]) as [string, string];
  const squashed = g.op("Tanh", cells);
  // Factors from the gradients of the cell state (three times) and of the output to those of the sums.
  const factors = g.concat(
    [
      g.op("Mul", fresh, g.sigmoidSlope(i)),
      g.op("Mul", g.before(cell, cells), g.sigmoidSlope(f)),
      g.op("Mul", i, g.tanhSlope(fresh)),
      g.op("Mul", squashed, g.sigmoidSlope(o)),
    ],
    1,
  );
  const factorParts = g.stepsOf(factors);
  const slopeParts = g.stepsOf(g.op("Mul", o, g.tanhSlope(squashed)));
  const forgetParts = g.stepsOf(f);
  const dyParts = g.stepsOf(g.rowsOf(dy), steps + 1);
  const dSums: string[] = [];
  let dHidden: string | undefined;
  let dCell = dyParts[steps] as string;
  for (let step = steps - 1; step >= 0; step--) {
    const at = (parts: readonly string[]) => parts[step] as string;
    const dh = dHidden === undefined ? at(dyParts) : g.op("Add", at(dyParts), dHidden);
    dCell = g.op("Add", dCell, g.op("Mul", dh, at(slopeParts)));
    const dSum = g.op("Mul", g.concat([dCell, dCell, dCell, dh], 1), at(factorParts));
    dSums[step] = dSum;
    dHidden = g.product(dSum, recurrentKernel, { transB: 1 });
    dCell = g.op("Mul", dCell, at(forgetParts));
  }
  const dRows = g.sequenceOf(dSums);
  const dx = g.product(dRows, kernel, { transB: 1 });
  const [states] = g.split(value, 0, [steps * batch, batch]) as [string, string];
  const results = [
    g.batchFirst(dx, features),
    g.product(g.rowsOfBatches(x), dRows, { transA: 1 }),
    g.product(g.before(hidden, states), dRows, { transA: 1 }),
    g.sumOfRows(dRows),
    dHidden as string,
    dCell,
  ];
  return g.valuesOf(results, outputs);
};
