import type { TensorInfo } from "@tensorflow/tfjs-core";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import { float, RecurrentGraph, type RecurrentSizes } from "./recurrent-graph.ts";

type Inputs = Readonly<
  Record<"x" | "kernel" | "recurrentKernel" | "bias" | "hidden" | "cell", TensorInfo>
>;
type GradInputs = Readonly<
  Record<
    "dy" | "x" | "kernel" | "recurrentKernel" | "hidden" | "cell" | "value" | "gates" | "cells",
    TensorInfo
  >
>;

function sizesOf(x: TensorInfo, recurrentKernel: TensorInfo): RecurrentSizes {
  const [batch, steps, features] = x.shape as [number, number, number];
  return { batch, steps, features, units: recurrentKernel.shape[0] as number };
}

/**
 * The outputs and the last cell state as one sequence, then what the gradient needs: the gates after their
 * activation (input, forget, output, candidate) and the cell states, `[time, batch, …]`.
 */
export const lstm: Kernel = defineKernel<Inputs, unknown, RecurrentSizes>({
  name: "AccLstm",
  record({ x, kernel, recurrentKernel, bias, hidden, cell }) {
    const sizes = sizesOf(x, recurrentKernel);
    const { batch, steps, units } = sizes;
    return {
      inputs: [x, kernel, recurrentKernel, bias, hidden, cell],
      outputs: [
        float(batch, steps + 1, units),
        float(steps, batch, 4 * units),
        float(steps, batch, units),
      ],
      attributes: sizes,
    };
  },
  lower(graph, inputs, sizes, outputs) {
    const g = new RecurrentGraph(graph, sizes);
    const { units, steps, batch } = sizes;
    const [x, kernel, recurrentKernel, bias, hidden, cell] = inputs.map((input) =>
      graph.whole(input),
    ) as [string, string, string, string, string, string];
    const projected = g.product(g.rows(g.swapped(x)), kernel, { c: bias });
    const parts = g.stepsOf(g.reshape(projected, steps, batch, 4 * units), 4 * units);
    const hs: string[] = [];
    const cs: string[] = [];
    const gates: string[] = [];
    let [h, c] = [hidden, cell];
    for (const part of parts) {
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
      gates.push(g.concat([opened, o, fresh], 1));
    }
    const results = [
      g.swapped(g.sequenceOf([...hs, c], units)),
      g.sequenceOf(gates, 4 * units),
      g.sequenceOf(cs, units),
    ];
    return outputs.map((output, index) => graph.value(results[index] as string, output));
  },
});

/**
 * The gradients of the inputs. All factors that do not depend on later steps are worked out for the whole
 * sequence at once; what remains per step are eight nodes.
 */
export const lstmGrad: Kernel = defineKernel<GradInputs, unknown, RecurrentSizes>({
  name: "AccLstmGrad",
  record({ dy, x, kernel, recurrentKernel, hidden, cell, value, gates, cells }) {
    const sizes = sizesOf(x, recurrentKernel);
    const bias = [recurrentKernel.shape[1] as number];
    return {
      inputs: [dy, x, kernel, recurrentKernel, hidden, cell, value, gates, cells],
      outputs: [x.shape, kernel.shape, recurrentKernel.shape, bias, hidden.shape, cell.shape].map(
        (shape) => float(...shape),
      ),
      attributes: sizes,
    };
  },
  lower(graph, inputs, sizes, outputs) {
    const g = new RecurrentGraph(graph, sizes);
    const { batch, steps, features, units } = sizes;
    const [dy, x, kernel, recurrentKernel, hidden, cell, value, gates, cells] = inputs.map(
      (input) => graph.whole(input),
    ) as [string, string, string, string, string, string, string, string, string];
    const [i, f, o, fresh] = g.split(gates, 2, [units, units, units, units]) as [
      ...[string, string, string, string],
    ];
    const squashed = g.op("Tanh", cells);
    // Slopes of the three sums that act through the cell, of the output gate, and of the cell itself.
    const throughCell = g.concat(
      [
        g.op("Mul", fresh, g.sigmoidSlope(i)),
        g.op("Mul", g.before(cell, cells), g.sigmoidSlope(f)),
        g.op("Mul", i, g.tanhSlope(fresh)),
      ],
      2,
    );
    const cellParts = g
      .stepsOf(throughCell, 3 * units)
      .map((part) => g.reshape(part, batch, 3, units));
    const outputParts = g.stepsOf(g.op("Mul", squashed, g.sigmoidSlope(o)), units);
    const slopeParts = g.stepsOf(g.op("Mul", o, g.tanhSlope(squashed)), units);
    const forgetParts = g.stepsOf(f, units);
    const dyParts = g.stepsOf(g.swapped(dy), units, steps + 1);
    const dSums: string[] = [];
    let dHidden: string | undefined;
    let dCell = dyParts[steps] as string;
    for (let step = steps - 1; step >= 0; step--) {
      const at = (parts: readonly string[]) => parts[step] as string;
      const dh = dHidden === undefined ? at(dyParts) : g.op("Add", at(dyParts), dHidden);
      dCell = g.op("Add", dCell, g.op("Mul", dh, at(slopeParts)));
      const through = g.op("Mul", g.reshape(dCell, batch, 1, units), at(cellParts));
      const dOutput = g.op("Mul", dh, at(outputParts));
      const dSum = g.concat([g.reshape(through, batch, 3 * units), dOutput], 1);
      dSums[step] = dSum;
      dHidden = g.product(dSum, recurrentKernel, { transB: 1 });
      dCell = g.op("Mul", dCell, at(forgetParts));
    }
    const dRows = g.rows(g.sequenceOf(dSums, 4 * units));
    const dx = g.product(dRows, kernel, { transB: 1 });
    const [states] = g.split(g.swapped(value), 0, [steps, 1]) as [string, string];
    const results = [
      g.swapped(g.reshape(dx, steps, batch, features)),
      g.product(g.rows(g.swapped(x)), dRows, { transA: 1 }),
      g.product(g.rows(g.before(hidden, states)), dRows, { transA: 1 }),
      g.sumOfRows(dRows),
      dHidden as string,
      dCell,
    ];
    return outputs.map((output, index) => graph.value(results[index] as string, output));
  },
});
