import type { Optimizer } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import type { Layer } from "./find-variables.ts";

type ApplyGradients = Optimizer["applyGradients"];

/** The own methods that the objects had before, if any. */
const replaced = new WeakMap<object, ReadonlyMap<string, PropertyDescriptor | undefined>>();

/**
 * Makes `minimize` and `applyGradients` of a prepared tfjs optimizer an error. They know nothing of other replicas:
 * each replica would train its own model, without an error.
 */
export function forbidLocalUpdates(optimizer: Optimizer): void {
  forbid(
    optimizer,
    ["minimize", "applyGradients"],
    (method) =>
      `${method}: this tf.train optimizer is prepared, and on its own it would update this replica only. Call ` +
      `${method} of what prepare returned: const [model, optimizer] = await accelerator.prepare(…).`,
  );
}

/** The same for the training methods of tf.layers models, whose optimizer is the one that `compile` was given. */
export function forbidLocalTraining(layers: readonly Layer[]): void {
  for (const model of layers.filter((layer) => "trainOnBatch" in layer)) {
    forbid(
      model,
      ["fit", "fitDataset", "trainOnBatch"],
      (method) =>
        `${method}: this model is prepared, and ${method} would train this replica only. Loop over a prepared ` +
        "DataLoader with accelerator.backward and optimizer.step, or call optimizer.minimize; or use one replica.",
    );
  }
}

/** Restores the methods of an object. */
export function allowLocalUpdates(object: object): void {
  for (const [method, own] of replaced.get(object) ?? []) {
    if (own) Object.defineProperty(object, method, own);
    else Reflect.deleteProperty(object, method);
  }
  replaced.delete(object);
}

/** Whether methods of the object are errors now. */
export function isForbidden(object: object): boolean {
  return replaced.has(object);
}

/**
 * The method that updates variables, also if it was replaced by one that throws. Call it with the optimizer as `this`.
 */
export function applyGradientsOf(optimizer: Optimizer): ApplyGradients {
  const methods = replaced.get(optimizer);
  if (!methods) return optimizer.applyGradients;
  const own = methods.get("applyGradients");
  return own ? own.value : (Object.getPrototypeOf(optimizer) as Optimizer).applyGradients;
}

function forbid(
  object: object,
  methods: readonly string[],
  reason: (method: string) => string,
): void {
  if (replaced.has(object)) return;
  const own = methods.map(
    (method) => [method, Object.getOwnPropertyDescriptor(object, method)] as const,
  );
  replaced.set(object, new Map(own));
  for (const method of methods) {
    const value = () => {
      throw new AcceleratorError("STATE_INVALID", reason(method));
    };
    Object.defineProperty(object, method, { configurable: true, value });
  }
}
