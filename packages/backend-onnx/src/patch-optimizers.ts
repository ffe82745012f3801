import { applyFused } from "@acc/core";
import * as tf from "@tensorflow/tfjs-core";
import { activeOnnxBackend, markStep } from "./mark-step.ts";

const OPTIMIZERS: readonly { readonly prototype: Pick<tf.Optimizer, "applyGradients"> }[] = [
  tf.SGDOptimizer,
  tf.MomentumOptimizer,
  tf.AdagradOptimizer,
  tf.AdadeltaOptimizer,
  tf.AdamOptimizer,
  tf.AdamaxOptimizer,
  tf.RMSPropOptimizer,
];

/** The variables and their gradients, in the order that the optimizer uses. */
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
let isPatched = false;

/**
 * Replaces `applyGradients` of tfjs's seven optimizers and `Optimizer.prototype.minimize`, once per thread. While an
 * onnx backend is active, the update is one kernel per variable if there is such a kernel, and the end of the step is
 * marked. On other backends they work as before. `minimize` marks the step after it has freed the gradients, so that
 * they are not kept.
 */
export function patchOptimizers(): void {
  if (isPatched) return;
  isPatched = true;
  for (const { prototype } of OPTIMIZERS) {
    const { applyGradients } = prototype;
    prototype.applyGradients = function (this: tf.Optimizer, gradients) {
      const backend = activeOnnxBackend();
      // Not for a subclass: it has computed something of its own before this call.
      const isPlain = this.applyGradients === prototype.applyGradients;
      // An update that core runs has tried the fused kernel already.
      const tries = backend !== undefined && isPlain && !backend.isUpdating;
      if (!(tries && applyFused(this, updatesOf(gradients)))) {
        applyGradients.call(this, gradients);
        // The learning rate is a number in its operations.
        backend?.refuseReplay(
          `${this.getClassName()} computes with operations of tfjs; SGD, momentum, Adam and RMSProp can be ` +
            "replayed, and AdamW if accelerator.prepare has prepared it",
        );
      }
      if (minimizing === 0) backend?.markStep();
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
