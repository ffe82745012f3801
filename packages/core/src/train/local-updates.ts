import type { Optimizer } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { hasReplacedMethods, originalMethod, replaceMethod } from "./replaced-methods.ts";

/**
 * Makes `minimize` and `applyGradients` of a prepared tfjs optimizer an error. They know nothing of other replicas:
 * each replica would train its own model, without an error.
 */
export function forbidLocalUpdates(optimizer: Optimizer): void {
  for (const method of ["minimize", "applyGradients"]) {
    replaceMethod(optimizer, method, () => {
      throw new AcceleratorError(
        "STATE_INVALID",
        `${method}: this tf.train optimizer is prepared, and on its own it would update this replica only. Call ` +
          `${method} of what prepare returned: const [model, optimizer] = await accelerator.prepare(…).`,
      );
    });
  }
}

/** Whether an optimizer is prepared, so that its own methods are errors. */
export function isForbidden(optimizer: object): boolean {
  return hasReplacedMethods(optimizer);
}

/**
 * The method that updates variables, also if it was replaced by one that throws. Call it with the optimizer as `this`.
 */
export function applyGradientsOf(optimizer: Optimizer): Optimizer["applyGradients"] {
  return originalMethod(optimizer, "applyGradients");
}
