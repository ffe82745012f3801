import * as tf from "@tensorflow/tfjs-core";

type StepBackend = { markStep?(): void };

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

let minimizing = 0;
let marking = false;

/**
 * Makes the optimizers of tfjs mark the end of their steps, once per thread. `minimize` marks after it has
 * freed the gradients: they need not be kept then.
 */
export function markStepsOfOptimizers(): void {
  if (marking) return;
  marking = true;
  for (const { prototype } of OPTIMIZERS) {
    const { applyGradients } = prototype;
    prototype.applyGradients = function (this: tf.Optimizer, gradients) {
      applyGradients.call(this, gradients);
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
