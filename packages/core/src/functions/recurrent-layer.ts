import {
  add,
  concat,
  matMul,
  reshape,
  slice,
  stack,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  transpose,
  zeros,
} from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";

/** The weights of a recurrent layer, laid out as those of `tf.layers`. */
export type RecurrentWeights = {
  /** `[features, gates * units]`. */
  readonly kernel: Tensor;
  /** `[units, gates * units]`. */
  readonly recurrentKernel: Tensor;
  /** `[gates * units]`. */
  readonly bias: Tensor;
};

export type RecurrentSizes = {
  readonly batch: number;
  readonly steps: number;
  readonly features: number;
  readonly units: number;
};

/** @throws {AcceleratorError} `VALUE_INVALID` if the shapes do not fit. */
export function recurrentSizes(
  name: string,
  gates: number,
  x: Tensor,
  { kernel, recurrentKernel, bias }: RecurrentWeights,
  states: readonly (Tensor | undefined)[],
): RecurrentSizes {
  const [batch = 0, steps = 0, features = 0] = x.shape;
  const [units = 0] = recurrentKernel.shape;
  const width = gates * units;
  const fits =
    x.rank === 3 &&
    steps > 0 &&
    kernel.shape.join() === [features, width].join() &&
    recurrentKernel.shape.join() === [units, width].join() &&
    bias.shape.join() === [width].join() &&
    states.every((state) => !state || state.shape.join() === [batch, units].join());
  if (fits) return { batch, steps, features, units };
  const given = states.map((state) => (state ? `[${state.shape}]` : "none")).join(" and ");
  throw new AcceleratorError(
    "VALUE_INVALID",
    `${name}: x [batch, time, features], kernel [features, ${gates} * units], recurrentKernel [units, ` +
      `${gates} * units], bias [${gates} * units] and states [batch, units] are needed; got [${x.shape}], ` +
      `[${kernel.shape}], [${recurrentKernel.shape}], [${bias.shape}] and states ${given}.`,
  );
}

export function initialState(state: Tensor | undefined, { batch, units }: RecurrentSizes): Tensor {
  return state ?? zeros([batch, units]);
}

/** `[time, batch, n]`, the layout of sequences in this folder, from `[batch, time, n]`: each step is contiguous. */
export function timeFirst(sequence: Tensor): Tensor3D {
  return transpose(sequence as Tensor3D, [1, 0, 2]);
}

/** The inverse of `timeFirst`. */
export const batchFirst: (sequence: Tensor) => Tensor3D = timeFirst;

/** One step of a sequence, `[batch, n]`. */
export function stepOf(sequence: Tensor, step: number): Tensor2D {
  const [, batch, width] = sequence.shape as [number, number, number];
  return reshape(slice(sequence as Tensor3D, [step, 0, 0], [1, batch, width]), [batch, width]);
}

/** All steps of a sequence. */
export function stepsOf(sequence: Tensor): Tensor2D[] {
  const [steps] = sequence.shape as [number, number, number];
  return Array.from({ length: steps }, (_, step) => stepOf(sequence, step));
}

/** The inverse of `stepsOf`. */
export function sequenceOf(steps: readonly Tensor[]): Tensor {
  return stack([...steps], 0);
}

/** Columns `from` to `to`, counted in `units`. */
export function gate(gates: Tensor, units: number, from: number, to: number = from + 1): Tensor2D {
  const [rows = 0] = gates.shape;
  return slice(gates as Tensor2D, [0, from * units], [rows, (to - from) * units]);
}

/** A sequence as a matrix with one row per step and sample. */
export function rowsOf(sequence: Tensor): Tensor2D {
  const [steps, batch, width] = sequence.shape as [number, number, number];
  return reshape(sequence, [steps * batch, width]);
}

/** The contribution of the inputs `[batch, time, features]` to the gates, per step: `x * kernel + bias`. */
export function projectedSteps(x: Tensor, kernel: Tensor, bias: Tensor): Tensor2D[] {
  const [batch, steps] = x.shape as [number, number, number];
  const projected = add(matMul(rowsOf(timeFirst(x)), kernel as Tensor2D), bias);
  return stepsOf(reshape(projected, [steps, batch, bias.size]));
}

/** @param dRows the gradient of the result of `projectedSteps`, one row per step and sample. */
export function projectionGradients(
  x: Tensor,
  kernel: Tensor,
  dRows: Tensor2D,
): { readonly x: Tensor; readonly kernel: Tensor; readonly bias: Tensor } {
  const sequence = timeFirst(x);
  const dSequence = reshape(matMul(dRows, kernel as Tensor2D, false, true), sequence.shape);
  return {
    x: batchFirst(dSequence),
    kernel: matMul(rowsOf(sequence), dRows, true),
    bias: sum(dRows, 0),
  };
}

/** The states before each step: the initial state, then the states after all steps but the last. */
export function statesBefore(initial: Tensor, states: Tensor): Tensor {
  const [steps, batch, units] = states.shape as [number, number, number];
  const first = reshape(initial, [1, batch, units]);
  if (steps === 1) return first;
  return concat([first, slice(states as Tensor3D, [0, 0, 0], [steps - 1, batch, units])], 0);
}
