import {
  add,
  concat,
  matMul,
  mul,
  sigmoid,
  sub,
  type Tensor,
  type Tensor2D,
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

export type GruState = {
  /** `[batch, units]`; zeros by default. */
  readonly hidden?: Tensor;
};

export type GruResult = {
  /** The hidden state after every step, `[batch, time, units]`. */
  readonly outputs: Tensor;
  /** After the last step, `[batch, units]`. */
  readonly hidden: Tensor;
};

/**
 * A gated recurrent unit over time. Weights as `tf.layers.gru` lays them out, gates in the order update,
 * reset, candidate; the reset gate acts before the recurrent product. Sigmoid gates, which are
 * `recurrentActivation: "sigmoid"` there.
 *
 * @param x `[batch, time, features]`.
 * @throws {AcceleratorError} `VALUE_INVALID` if the shapes do not fit.
 */
export function gru(x: Tensor, weights: RecurrentWeights, state: GruState = {}): GruResult {
  const { kernel, recurrentKernel, bias } = weights;
  const sizes = recurrentSizes("gru", 3, x, weights, [state.hidden]);
  const hidden = initialState(state.hidden, sizes);
  const inputs = { x, kernel, recurrentKernel, bias, hidden };
  const value = fusedRecurrence({
    kernel: "AccGru",
    inputs,
    made: ["updateReset", "candidates"],
    forward: () => unroll(inputs, sizes),
    backward: (dy, kept) => unrollBack(dy, kept, sizes),
  });
  return { outputs: batchFirst(value), hidden: stepOf(value, sizes.steps - 1) };
}

type Inputs = FusedInputs<"AccGru", Tensor>;
type Kept = Omit<FusedInputs<"AccGruGrad", Tensor>, "dy">;

/** @returns the outputs and the gates after their activation, `[time, batch, …]` all. */
function unroll(
  { x, kernel, recurrentKernel, bias, hidden }: Inputs,
  { units }: RecurrentSizes,
): FusedOutputs<"AccGru", Tensor> {
  const forGates = gate(recurrentKernel, units, 0, 2);
  const forCandidate = gate(recurrentKernel, units, 2);
  const outputs: Tensor[] = [];
  const updateReset: Tensor[] = [];
  const candidates: Tensor[] = [];
  let h = hidden as Tensor2D;
  for (const part of projectedSteps(x, kernel, bias)) {
    const zr = sigmoid(add(gate(part, units, 0, 2), matMul(h, forGates)));
    const [z, r] = [gate(zr, units, 0), gate(zr, units, 1)];
    const g: Tensor2D = tanh(add(gate(part, units, 2), matMul(mul(r, h), forCandidate)));
    h = add(mul(z, h), mul(sub(1, z), g));
    outputs.push(h);
    updateReset.push(zr);
    candidates.push(g);
  }
  return [sequenceOf(outputs), sequenceOf(updateReset), sequenceOf(candidates)];
}

/** @returns the gradients of the inputs, in their order. */
function unrollBack(
  dy: Tensor,
  { x, kernel, recurrentKernel, hidden, value, updateReset, candidates }: Kept,
  { steps, units }: RecurrentSizes,
): FusedOutputs<"AccGruGrad", Tensor> {
  const forGates = gate(recurrentKernel, units, 0, 2);
  const forCandidate = gate(recurrentKernel, units, 2);
  const before = statesBefore(hidden, value);
  const [dySteps, hSteps] = [stepsOf(dy), stepsOf(before)];
  const dSums: Tensor[] = [];
  let dHidden: Tensor | undefined;
  for (let step = steps - 1; step >= 0; step--) {
    const h = hSteps[step] as Tensor2D;
    const zr = stepOf(updateReset, step);
    const [z, r, g] = [gate(zr, units, 0), gate(zr, units, 1), stepOf(candidates, step)];
    const dh: Tensor = dHidden ? add(dySteps[step] as Tensor, dHidden) : (dySteps[step] as Tensor);
    const dCandidate = mul(mul(dh, sub(1, z)), sub(1, mul(g, g))) as Tensor2D;
    const dReset = matMul(dCandidate, forCandidate, false, true); // gradient of r * h
    const dGates = concat(
      [mul(mul(dh, sub(h, g)), mul(z, sub(1, z))), mul(mul(dReset, h), mul(r, sub(1, r)))],
      1,
    ) as Tensor2D;
    dSums[step] = concat([dGates, dCandidate], 1);
    dHidden = add(add(mul(dh, z), mul(dReset, r)), matMul(dGates, forGates, false, true));
  }
  const dRows = rowsOf(sequenceOf(dSums));
  const beforeRows = rowsOf(before);
  const resetRows = mul(gate(rowsOf(updateReset), units, 1), beforeRows) as Tensor2D;
  const projection = projectionGradients(x, kernel, dRows);
  return [
    projection.x,
    projection.kernel,
    concat(
      [
        matMul(beforeRows, gate(dRows, units, 0, 2), true),
        matMul(resetRows, gate(dRows, units, 2), true),
      ],
      1,
    ),
    projection.bias,
    dHidden as Tensor,
  ];
}
