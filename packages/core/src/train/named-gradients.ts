import {
  engine,
  mul,
  type NamedTensorMap,
  type Tensor,
  type Variable,
} from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import type { Differentiation } from "./differentiate.ts";
import type { ModelRegistry } from "./model-registry.ts";

/** Gradients by the names of their variables, in either form that tfjs knows. */
export type NamedGradients = { readonly name: string; readonly tensor: Tensor }[] | NamedTensorMap;

/**
 * Adds gradients / accumulation steps to those of their variables. Makes tensors in the active scope.
 *
 * @returns the variables, in the order given.
 * @throws {AcceleratorError} `VARIABLE_UNPREPARED` before any is added.
 */
export function accumulateNamed(
  gradients: NamedGradients,
  { state, scaler, models }: Differentiation,
): Variable[] {
  const named = Array.isArray(gradients)
    ? gradients.map(({ name, tensor }) => [name, tensor] as const)
    : Object.entries(gradients);
  const variables = named.map(([name]) => requireVariable(name));
  requireHeld(variables, models, "applyGradients");
  scaler?.prepareFor(variables.filter((_, index) => named[index]?.[1]));
  const share = (scaler?.scale ?? 1) / state.accumulation.numSteps;
  for (const [index, variable] of variables.entries()) {
    const gradient = named[index]?.[1];
    // tfjs leaves it out for variables that a loss does not depend on.
    if (!gradient) continue;
    models.gradients.accumulate(variable, share === 1 ? gradient : mul(gradient, share));
  }
  return variables;
}

/** @throws {AcceleratorError} `VARIABLE_UNPREPARED` unless prepared models hold all of them. */
export function requireHeld(
  variables: readonly Variable[],
  models: ModelRegistry,
  call: string,
): void {
  const unprepared = variables.filter((variable) => !models.holds(variable));
  if (unprepared.length === 0) return;
  const names = unprepared.map(({ name }) => `"${name}"`).join(", ");
  throw new AcceleratorError(
    "VARIABLE_UNPREPARED",
    `${call}: no prepared model holds ${names}. Pass what holds them to accelerator.prepare first.`,
  );
}

function requireVariable(name: string): Variable {
  const variable = engine().registeredVariables[name];
  if (variable) return variable;
  throw new AcceleratorError(
    "VARIABLE_UNPREPARED",
    `applyGradients: there is no variable "${name}".`,
  );
}
