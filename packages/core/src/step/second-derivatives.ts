/** What second derivatives need of the tape. */
import { engine, type Tensor, zerosLike } from "@tensorflow/tfjs-core";
import { stateOf, type TapeNode } from "./engine-state.ts";

/**
 * Makes the tape of this thread record an operation before the clones of its outputs that its gradient reads. tfjs
 * records the clones first, and then does not see that a gradient of `exp`, `tanh` or `softmax` depends on the input:
 * second derivatives are wrong, without an error.
 */
export function recordOutputsFirst(): void {
  if (tapeIsOrdered) return;
  tapeIsOrdered = true;
  const tfjs = engine() as unknown as { addTapeNode(...node: unknown[]): void };
  const addTapeNode = tfjs.addTapeNode.bind(tfjs);
  tfjs.addTapeNode = (...node) => {
    addTapeNode(...node);
    const tape = stateOf().activeTape ?? [];
    const last = tape.length - 1;
    const { outputs, saved } = tape[last] as TapeNode;
    let place = last; // the clones are directly before it, one for each saved tensor
    for (let i = last - 1; i >= 0 && i >= last - saved.length; i--) {
      const { x } = (tape[i] as TapeNode).inputs;
      if (outputs.some((output) => output === x)) place = i;
    }
    if (place < last) tape.splice(place, 0, ...tape.splice(last, 1));
  };
}

let tapeIsOrdered = false;

/**
 * Whether second derivatives may be taken of what is computed now: a `tf.grad` runs inside another one, or inside a
 * step.
 */
export function mayDifferentiateTwice(): boolean {
  return stateOf().gradientDepth > 1;
}

/** The gradients of a value with respect to its inputs, recorded like any operation. */
export function recordedGradients(
  compute: () => Tensor,
  inputs: readonly Tensor[],
  dy: Tensor,
): Tensor[] {
  const { grads } = engine().gradients(compute, [...inputs], dy, true);
  return inputs.map((input, i) => grads[i] ?? zerosLike(input));
}
