import {
  AdadeltaOptimizer,
  AdagradOptimizer,
  AdamaxOptimizer,
  AdamOptimizer,
  engine,
  MomentumOptimizer,
  Optimizer,
  RMSPropOptimizer,
  SGDOptimizer,
  type Tensor,
  type Variable,
} from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { AdamWOptimizer } from "./adam-w.ts";
import { isForbidden } from "./local-updates.ts";

type Gradients = Parameters<Optimizer["applyGradients"]>[0];
type Owner = Pick<Optimizer, "applyGradients">;

const OPTIMIZERS: readonly { readonly prototype: Owner }[] = [
  ...[SGDOptimizer, MomentumOptimizer, AdagradOptimizer, AdadeltaOptimizer],
  ...[AdamOptimizer, AdamaxOptimizer, RMSPropOptimizer, AdamWOptimizer],
];

/** Variables of prepared models with several replicas. */
const shared = new WeakSet<Variable>();
/** The functions below that check. */
const checking = new WeakSet<object>();
/** Whether this thread has still to say that something is trained on each replica by itself. */
let saysApart = false;
let hasSaidApart = false;

/**
 * Watches the `tf.train` optimizers of a replica that has an accelerator, whether it prepares anything or not. They know
 * nothing of other replicas. One that is not prepared gets one warning, on rank 0: the second model of a program is easily
 * forgotten, and so is `prepare` altogether.
 */
export function watchOptimizers(rank: number): void {
  saysApart = rank === 0;
  for (const { prototype } of OPTIMIZERS) checkUpdatesOf(prototype);
  checkOtherOptimizers();
}

/**
 * Makes it an error that an optimizer which is not prepared updates these variables: each replica would train values of
 * its own, without a word. Assigning a variable stays free.
 */
export function shareVariables(variables: readonly Variable[]): void {
  for (const variable of variables) shared.add(variable);
}

/** Any optimizer may update them again. */
export function unshareVariables(variables: readonly Variable[]): void {
  for (const variable of variables) shared.delete(variable);
}

function checkUpdatesOf(owner: Owner): void {
  const { applyGradients } = owner;
  if (checking.has(applyGradients)) return;
  owner.applyGradients = function (this: Optimizer, gradients) {
    // Of a prepared one only core gets here, with averaged gradients.
    if (!isForbidden(this)) checkUpdate(gradients);
    applyGradients.call(this, gradients);
  };
  checking.add(owner.applyGradients);
}

/** Optimizers of users are known once they minimize. */
function checkOtherOptimizers(): void {
  const { minimize } = Optimizer.prototype;
  if (checking.has(minimize)) return;
  Optimizer.prototype.minimize = function (this: Optimizer, ...args) {
    checkUpdatesOf(ownerOf(this));
    return minimize.apply(this, args);
  };
  checking.add(Optimizer.prototype.minimize);
}

/** The object that has the method itself: the optimizer, or one of its prototypes. */
function ownerOf(optimizer: Optimizer): Owner {
  let owner: Owner = optimizer;
  while (!Object.hasOwn(owner, "applyGradients")) owner = Object.getPrototypeOf(owner);
  return owner;
}

function checkUpdate(gradients: Gradients): void {
  const named: readonly (readonly [string, Tensor | undefined])[] = Array.isArray(gradients)
    ? gradients.map(({ name, tensor }) => [name, tensor] as const)
    : Object.entries(gradients);
  const updated = named.flatMap(([name, gradient]) => (gradient ? [name] : []));
  const { registeredVariables } = engine();
  const found = updated.filter((name) => shared.has(registeredVariables[name] as Variable));
  if (found.length > 0) throw refusal(found);
  if (!saysApart || hasSaidApart || updated.length === 0) return;
  hasSaidApart = true;
  process.emitWarning(
    `An optimizer that is not prepared updates variables that no prepared model holds: ${quoted(updated)}. Each replica ` +
      "trains values of its own of them. To train them together, pass their model and the optimizer to " +
      "accelerator.prepare, and use what it returns; if they are to be trained apart, there is nothing to do.",
    "AcceleratorWarning",
  );
}

function refusal(names: readonly string[]): AcceleratorError {
  return new AcceleratorError(
    "STATE_INVALID",
    `An optimizer that is not prepared would update variables of a prepared model on this replica only: ${quoted(names)}. ` +
      "Pass it to accelerator.prepare together with its model, and use what prepare returns: const [model, optimizer] = " +
      "await accelerator.prepare(model, tf.train.adam(0.001)).",
  );
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}
