import { AcceleratedOptimizer } from "./accelerated-optimizer.ts";
import { isOptimizer } from "./find-variables.ts";
import type { ModelRegistry } from "./model-registry.ts";

/** Disposes the variables of prepared models and the moments of optimizers; other objects hold no tensors. */
export function disposeObjects(objects: readonly unknown[], models: ModelRegistry): void {
  for (const object of objects) {
    if (object instanceof AcceleratedOptimizer) object.optimizer.dispose();
    else if (isOptimizer(object)) object.dispose();
    else {
      for (const variable of models.find(object as object)?.all ?? []) {
        if (!variable.isDisposed) variable.dispose();
      }
    }
  }
}
