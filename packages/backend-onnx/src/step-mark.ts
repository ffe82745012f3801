import { applyFused } from "@acc/core";
import * as tf from "@tensorflow/tfjs-core";

type StepBackend = { markStep?(): void; refuseReplay?(reason: string): void };

/**
 * Ends a training step: the onnx backend computes all that was recorded since the last one. Optimizers of
 * tfjs and of `@acc/core` do it by themselves; call it in loops that use neither. Without it a step ends
 * when a value is read, and may then keep values that only the backward pass needed. Other backends ignore
 * it.
 */
export function markStep(): void {
  (tf.backend() as StepBackend).markStep?.();
}

const OPTIMIZERS: readonly { readonly prototype: Pick<tf.Optimizer, "applyGradients"> }[] = [
  tf.SGDOptimizer,
  tf.MomentumOptimizer,
  tf.AdagradOptimizer,
  tf.AdadeltaOptimizer,
  tf.AdamOptimizer,
  tf.AdamaxOptimizer,
  tf.RMSPropOptimizer,
];

/** The variables and their gradients, in the order that the optimizer goes by. */
function updatesOf(
  gradients: Parameters<tf.Optimizer["applyGradients"]>[0],
): Parameters<typeof applyFused>[1] {
  const named = Array.isArray(gradients)
    ? gradients.map(({ name, tensor }) => [name, tensor] as const)
    : Object.entries(gradients);
  return named.map(([name, gradient]) => {
    const variable = tf.engine().registeredVariables[name] as tf.Variable;
    return { variable, gradient: gradient ?? undefined };
  });
}

let minimizing = 0;
let marking = false;

/**
 * Makes the optimizers of tfjs one kernel per variable where there is one, and mark the end of their steps, once
 * per thread. `minimize` marks after it has
 * freed the gradients: they need not be kept then.
 */
export function markStepsOfOptimizers(): void {
  if (marking) return;
  marking = true;
  for (const { prototype } of OPTIMIZERS) {
    const { applyGradients } = prototype;
    prototype.applyGradients = function (this: tf.Optimizer, gradients) {
      // A subclass that gets here has done something of its own before.
      const isPlain = this.applyGradients === prototype.applyGradients;
      if (!(isPlain && applyFused(this, updatesOf(gradients)))) {
        applyGradients.call(this, gradients);
        // The learning rate is a number in its operations.
        (tf.backend() as StepBackend).refuseReplay?.(
          `${this.getClassName()} computes with operations of tfjs; SGD, momentum, Adam and RMSProp can be ` +
            "replayed, and AdamW if accelerator.prepare has prepared it",
        );
      }
      if (minimizing === 0) markStep();
    };
  }
  const { minimize } = tf.Optimizer.prototype;
  tf.Optimizer.prototype.minimize = function (this: tf.Optimizer, ...args) {
    minimizing += 1;
    let cost: tf.Scalar | null;
    try {
      cost = minimize.apply(this, args);
    } finally {
      minimizing -= 1;
    }
    if (minimizing === 0) markStep();
    return cost;
  };
}
