import type { Optimizer, Variable } from "@tensorflow/tfjs-core";
import { markDueStep, updateVariables } from "../backend/step-mark.ts";
import { learningRateOf, setLearningRate } from "../schedule/learning-rate.ts";
import { isRecording } from "./autograd.ts";
import { applyFused } from "./fused-optimizer.ts";
import type { GradientState } from "./gradient-state.ts";
import type { GradientStore } from "./gradient-store.ts";

/** Whether `value` is one of the `tf.train` optimizers, or behaves like one. */
export function isOptimizer(value: unknown): value is Optimizer {
  const { applyGradients, minimize } = (value ?? {}) as Partial<Optimizer>;
  return typeof applyGradients === "function" && typeof minimize === "function";
}

/**
 * A `tf.train` optimizer that applies the accumulated gradients of its models. `step` and `zeroGrad` do
 * nothing while gradients are still being accumulated, so a loop calls them after every backward.
 */
export class AcceleratedOptimizer {
  /** The optimizer that was prepared. */
  readonly optimizer: Optimizer;
  readonly #state: GradientState;
  readonly #stores: readonly GradientStore[];

  constructor(optimizer: Optimizer, state: GradientState, stores: readonly GradientStore[]) {
    this.optimizer = optimizer;
    this.#state = state;
    this.#stores = stores;
  }

  /** The variables this optimizer updates. */
  get variables(): Variable[] {
    return this.#stores.flatMap((store) => [...store.variables]);
  }

  get learningRate(): number {
    return learningRateOf(this.optimizer);
  }

  set learningRate(value: number) {
    setLearningRate(this.optimizer, value);
  }

  /** Whether the last `step` was skipped because of an overflow; only a loss scaler ever skips. */
  get stepWasSkipped(): boolean {
    return false;
  }

  /** Updates the variables from their gradients. No-op while gradients are being accumulated. */
  step(): void {
    if (!this.#state.syncGradients) return;
    if (this.#stores.every((store) => store.isEmpty)) return;
    // tfjs keeps its moments by position in this list: a variable without a gradient holds its place.
    const updates = this.#stores.flatMap((store) =>
      store.variables.map((variable) => ({ variable, gradient: store.get(variable) })),
    );
    updateVariables(() => {
      if (applyFused(this.optimizer, updates)) return;
      const gradients = updates.map(({ variable, gradient }) => ({
        name: variable.name,
        tensor: gradient,
      }));
      this.optimizer.applyGradients(gradients as Parameters<Optimizer["applyGradients"]>[0]);
    });
    if (!isRecording()) markDueStep(); // else where the scope of the step closes
  }

  /** Disposes the gradients. No-op while gradients are being accumulated. */
  zeroGrad(): void {
    if (!this.#state.syncGradients) return;
    for (const store of this.#stores) store.clear();
  }
}
