import {
  add,
  concat,
  matMul,
  mul,
  sigmoid,
  slice,
  sub,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tanh,
} from "@tensorflow/tfjs-core";
import type { FusedInputs, FusedOutputs } from "./fused-kernel.ts";
import { fusedRecurrence } from "./fused-recurrence.ts";
import {
  batchFirst,
  gate,
  initialState,
  projectedSteps,
  projectionGradients,
  type RecurrentSizes,
  type RecurrentWeights,
  recurrentSizes,
  rowsOf,
  sequenceOf,
  statesBefore,
  stepOf,
  stepsOf,
} from "./recurrent-layer.ts";

export type LstmState = {
  /** `[batch, units]`; zeros by default. */
  readonly hidden?: Tensor;
  /** `[batch, units]`; zeros by default. */
  readonly cell?: Tensor;
};

export type LstmResult = {
  /** The hidden state after every step, `[batch, time, units]`. */
  readonly outputs: Tensor;
  /** After the last step, `[batch, units]`. */
  readonly hidden: Tensor;
  /** After the last step, `[batch, units]`. */
  readonly cell: Tensor;
};

/**
 * A long short-term memory over time. Weights as `tf.layers.lstm` lays them out, gates in the order input,
 * forget, cell, output; sigmoid gates, which are `recurrentActivation: "sigmoid"` there.
 *
 * @param x `[batch, time, features]`.
 * @throws {AcceleratorError} `VALUE_INVALID` if the shapes do not fit.
 */
export function lstm(x: Tensor, weights: RecurrentWeights, state: LstmState = {}): LstmResult {
  const { kernel, recurrentKernel, bias } = weights;
  const sizes = recurrentSizes("lstm", 4, x, weights, [state.hidden, state.cell]);
  const { steps } = sizes;
  const hidden = initialState(state.hidden, sizes);
  const cell = initialState(state.cell, sizes);
  const inputs = { x, kernel, recurrentKernel, bias, hidden, cell };
  // Everything that may have a gradient must be in one tensor: the cell state follows the outputs as a last step.
  const value = fusedRecurrence({
    kernel: "AccLstm",
    inputs,
    made: ["inputForget", "outputGates", "candidates", "cells"],
    forward: () => unroll(inputs, sizes),
    backward: (dy, kept) => unrollBack(dy, kept, sizes),
  });
  return {
    outputs: batchFirst(outputsOf(value, sizes)),
    hidden: stepOf(value, steps - 1),
    cell: stepOf(value, steps),
  };
}

type Inputs = FusedInputs<"AccLstm", Tensor>;
type Kept = Omit<FusedInputs<"AccLstmGrad", Tensor>, "dy">;

function outputsOf(value: Tensor, { batch, steps, units }: RecurrentSizes): Tensor {
  return slice(value as Tensor3D, [0, 0, 0], [steps, batch, units]);
}

/** @returns the value, the gates after their activation and the cell states, `[time, batch, …]` all. */
function unroll(
  { x, kernel, recurrentKernel, bias, hidden, cell }: Inputs,
  { units }: RecurrentSizes,
): FusedOutputs<"AccLstm", Tensor> {
  const outputs: Tensor[] = [];
  const inputForget: Tensor[] = [];
  const outputGates: Tensor[] = [];
  const candidates: Tensor[] = [];
  const cells: Tensor[] = [];
  let [h, c] = [hidden, cell];
  for (const part of projectedSteps(x, kernel, bias)) {
    const sums = add(part, matMul(h as Tensor2D, recurrentKernel as Tensor2D));
    const opened = sigmoid(gate(sums, units, 0, 2));
    const [i, f] = [gate(opened, units, 0), gate(opened, units, 1)];
    const g = tanh(gate(sums, units, 2));
    const o = sigmoid(gate(sums, units, 3));
    c = add(mul(f, c), mul(i, g));
    h = mul(o, tanh(c));
    outputs.push(h);
    inputForget.push(opened);
    outputGates.push(o);
    candidates.push(g);
    cells.push(c);
  }
  return [
    sequenceOf([...outputs, c]),
    sequenceOf(inputForget),
    sequenceOf(outputGates),
    sequenceOf(candidates),
    sequenceOf(cells),
  ];
}

/** @returns the gradients of the inputs, in their order. */
function unrollBack(
  dy: Tensor,
  kept: Kept,
  sizes: RecurrentSizes,
): FusedOutputs<"AccLstmGrad", Tensor> {
  const { steps, units } = sizes;
  const { x, kernel, recurrentKernel, hidden, cell, value } = kept;
  const dySteps = stepsOf(dy);
  const cellSteps = stepsOf(kept.cells);
  const dSums: Tensor[] = [];
  let dHidden: Tensor | undefined;
  let dCell = dySteps[steps] as Tensor;
  for (let step = steps - 1; step >= 0; step--) {
    const opened = stepOf(kept.inputForget, step);
    const [i, f] = [gate(opened, units, 0), gate(opened, units, 1)];
    const [g, o] = [stepOf(kept.candidates, step), stepOf(kept.outputGates, step)];
    const dh: Tensor = dHidden ? add(dySteps[step] as Tensor, dHidden) : (dySteps[step] as Tensor);
    const squashed = tanh(cellSteps[step] as Tensor);
    dCell = add(dCell, mul(mul(dh, o), sub(1, mul(squashed, squashed))));
    const before = step > 0 ? (cellSteps[step - 1] as Tensor) : cell;
    const dSum = concat(
      [
        mul(mul(dCell, g), mul(i, sub(1, i))),
        mul(mul(dCell, before), mul(f, sub(1, f))),
        mul(mul(dCell, i), sub(1, mul(g, g))),
        mul(mul(dh, squashed), mul(o, sub(1, o))),
      ],
      1,
    ) as Tensor2D;
    dSums[step] = dSum;
    dHidden = matMul(dSum, recurrentKernel as Tensor2D, false, true);
    dCell = mul(dCell, f);
  }
  const dRows = rowsOf(sequenceOf(dSums));
  const projection = projectionGradients(x, kernel, dRows);
  const before = statesBefore(hidden, outputsOf(value, sizes));
  return [
    projection.x,
    projection.kernel,
    matMul(rowsOf(before), dRows, true),
    projection.bias,
    dHidden as Tensor,
    dCell,
  ];
}
