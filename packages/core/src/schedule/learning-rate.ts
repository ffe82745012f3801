import type { Optimizer } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { foundText } from "../options/found-text.ts";

/** A field of all `tf.train` optimizers, which only some of them declare. */
type WithLearningRate = {
  learningRate: number;
  setLearningRate?: (learningRate: number) => void;
};

/** The learning rate of a `tf.train` optimizer. */
export function learningRateOf(optimizer: Optimizer): number {
  return (optimizer as unknown as WithLearningRate).learningRate;
}

/** @throws {AcceleratorError} `OPTION_INVALID` if `value` is not finite. */
export function setLearningRate(optimizer: Optimizer, value: number): void {
  if (!Number.isFinite(value)) {
    throw new AcceleratorError(
      "OPTION_INVALID",
      `A learning rate must be a finite number, got ${foundText(value)}.`,
    );
  }
  const target = optimizer as unknown as WithLearningRate;
  // SGD and momentum also keep the rate in a tensor, which only their setter updates.
  if (target.setLearningRate) target.setLearningRate(value);
  else target.learningRate = value;
}
