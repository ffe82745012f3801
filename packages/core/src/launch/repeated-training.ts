import { Optimizer } from "@tensorflow/tfjs-core";
import { hasUsedGroup } from "../context/group-use.ts";

/**
 * Watches whether the script of this thread trains. Called once a backend is chosen, before the script.
 *
 * @returns gives the warning that belongs at the end of a script that trained like every other replica: with an
 *   optimizer of TensorFlow.js, but without an accelerator, and without asking which replica it is. Undefined for others.
 */
export function watchTraining(numProcesses: number): () => string | undefined {
  let hasTrained = false;
  const target = Optimizer.prototype as unknown as { incrementIterations(): void };
  const { incrementIterations } = target;
  // Every optimizer of tfjs calls it when it has updated variables, from minimize, applyGradients and fit.
  target.incrementIterations = function (this: Optimizer) {
    hasTrained = true;
    incrementIterations.call(this);
  };
  return () => {
    if (numProcesses === 1 || !hasTrained || hasUsedGroup()) return undefined;
    return (
      `AcceleratorWarning: The script has trained once on each of the ${numProcesses} replicas, each for itself: it has ` +
      "made no Accelerator. To train one model on all of them, make one, pass the model, the optimizer and the data loader " +
      "to accelerator.prepare, and call accelerator.backward. To train one model on one thread, start the script with " +
      "node. Scripts that read the processIndex of a PartialState train apart on purpose and get no warning.\n"
    );
  };
}
