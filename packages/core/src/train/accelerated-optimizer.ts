import type { Optimizer, Scalar, Tensor, Variable } from "@tensorflow/tfjs-core";
import { timed } from "../phases.ts";
import { learningRateOf } from "../schedule/learning-rate.ts";
import { isRecording, StepScope } from "../step/autograd.ts";
import { markDueStep } from "../step/step-mark.ts";
import { stepEffect } from "../step/step-observer.ts";
import { applyUpdates } from "./apply-updates.ts";
import { type Differentiation, differentiate, exchangeGradients } from "./differentiate.ts";
import { type ModelVariables, sameItems } from "./model-variables.ts";
import { accumulateNamed, type NamedGradients, requireHeld } from "./named-gradients.ts";
import { skipsOverflow } from "./skip-overflow.ts";
import { WrappedOptimizer } from "./wrapped-optimizer.ts";

/**
 * A `tf.train` optimizer that applies the accumulated gradients of its models. `step` and `zeroGrad` do
 * nothing while gradients are still being accumulated, so a loop calls them after every backward.
 *
 * `minimize` and `applyGradients` are those of tfjs, for loops that do not call `backward`: they exchange gradients
 * too. `compile` of a tf.layers model takes it, for `fit`.
 */
export class AcceleratedOptimizer extends WrappedOptimizer {
  readonly #training: Differentiation;
  readonly #modelsOf: () => readonly ModelVariables[];
  /** tfjs keeps its moments by position: a variable keeps its place once it has one. */
  readonly #places = new Set<Variable>();
  #variables: readonly Variable[] = [];
  /** What `#variables` was made of. */
  #parts: readonly (readonly Variable[])[] = [];
  #completedSteps = 0;
  /** The learning rate when it was prepared: checkpoints compare it. @internal */
  readonly initialLearningRate: number;

  /** tfjs calls everything that has the methods of an optimizer an instance of `Optimizer`, and so of its subclasses. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && value !== null && #training in value;
  }

  /** @param modelsOf the models that it updates; asked at every use. */
  constructor(
    optimizer: Optimizer,
    training: Differentiation,
    modelsOf: () => readonly ModelVariables[],
  ) {
    super(optimizer);
    this.initialLearningRate = learningRateOf(optimizer);
    this.#training = training;
    this.#modelsOf = modelsOf;
  }

  /** The variables this optimizer updates: those of its models that are not frozen now. */
  get variables(): Variable[] {
    return [...this.#trained()];
  }

  /** Whether the last `step` was skipped because of an overflow; only a loss scaler ever skips. */
  get stepWasSkipped(): boolean {
    return this.#training.state.skippedBy.has(this);
  }

  /** How many times it has updated variables; a checkpoint restores it. */
  get completedSteps(): number {
    return this.#completedSteps;
  }

  /**
   * The variables that have slots in the `tf.train` optimizer, by place. For checkpoints.
   *
   * @internal
   */
  get places(): Variable[] {
    return [...this.#places];
  }

  /**
   * Gives variables places behind those that are there, and sets the count of steps. For checkpoints.
   *
   * @internal
   */
  restorePlaces(variables: readonly Variable[], completedSteps: number): void {
    for (const variable of variables) this.#places.add(variable);
    this.#completedSteps = completedSteps;
  }

  /**
   * Updates the variables from their gradients. No-op while gradients are being accumulated.
   *
   * @throws {AcceleratorError} `STATE_INVALID` while a backward that was not awaited is running; so do the others.
   */
  step(): void {
    this.#training.pending.check("step");
    this.#update(this.#trained());
  }

  /** Disposes the gradients. No-op while gradients are being accumulated. */
  zeroGrad(): void {
    const { state, models, pending } = this.#training;
    pending.check("zeroGrad");
    if (!state.syncGradients) return;
    models.gradients.clear(this.#trained());
    models.items.clear(this.#modelsOf());
  }

  /**
   * Computes a loss, its gradients averaged over all replicas, and updates the variables: `backward`, `step` and
   * `zeroGrad` in one call. While gradients are being accumulated it only adds to them. Tensors that `f` makes are
   * disposed. Collective.
   *
   * @param f computes a float32 scalar; it cannot be asynchronous.
   * @param returnCost whether to return the loss. It belongs to the active step, or to the caller outside of one.
   * @param varList variables of prepared models; by default all that this optimizer updates.
   * @throws {AcceleratorError} as `backward`; `VARIABLE_UNPREPARED` for one in `varList` that no prepared model holds.
   */
  override minimize(f: () => Scalar, returnCost = false, varList?: Variable[]): Scalar | null {
    return this.#minimize(f, returnCost, varList, 1);
  }

  /**
   * `minimize` for a replica whose part of a batch is not as large as those of the others. For `fit`.
   *
   * @param weight the size of the part, divided by the mean size: 0 if `f` computes with samples that do not count.
   * @internal
   */
  minimizeShare(f: () => Scalar, varList: Variable[], weight: number): Scalar {
    return this.#minimize(f, true, varList, weight) as Scalar;
  }

  #minimize(
    f: () => Scalar,
    returnCost: boolean,
    varList: Variable[] | undefined,
    weight: number,
  ): Scalar | null {
    const { models, pending } = this.#training;
    pending.check("minimize");
    if (varList) requireHeld(varList, models, "minimize");
    // As in tfjs: a variable that is listed is trained unless it is frozen itself. `compile` of a model takes the list, and
    // GANs freeze the discriminator behind it.
    const variables = varList?.filter(({ trainable }) => trainable) ?? this.#trained();
    const scope = new StepScope();
    try {
      const loss = f();
      differentiate(loss, this.#training, { call: "minimize", variables, weight });
      // What such samples changed, such as moving averages, does not count either.
      if (weight === 0) models.statistics.note(models.variables);
      this.#exchangeAndUpdate(variables);
      scope.close(returnCost ? loss : undefined);
      return returnCost ? loss : null;
    } finally {
      scope.close();
    }
  }

  /**
   * Updates variables from given gradients, such as those of `tf.variableGrads`, averaged over all replicas. While
   * gradients are being accumulated it only adds to them. The caller disposes `gradients`. Collective.
   *
   * @param gradients by the names of the variables, which prepared models hold.
   * @throws {AcceleratorError} `VARIABLE_UNPREPARED`, `COLLECTIVE_…`.
   */
  override applyGradients(gradients: NamedGradients): void {
    this.#training.pending.check("applyGradients");
    const scope = new StepScope();
    try {
      this.#exchangeAndUpdate(accumulateNamed(gradients, this.#training));
    } finally {
      scope.close();
    }
  }

  /** The loss and its gradients on this replica alone, as tfjs computes them; by default those of its own variables. */
  override computeGradients(
    f: () => Scalar,
    varList?: Variable[],
  ): { value: Scalar; grads: Record<string, Tensor> } {
    return this.optimizer.computeGradients(f, varList ?? this.variables) as ReturnType<
      AcceleratedOptimizer["computeGradients"]
    >;
  }

  #exchangeAndUpdate(variables: readonly Variable[]): void {
    const { state, models } = this.#training;
    exchangeGradients(this.#training, variables);
    if (!state.syncGradients) return;
    this.#update(variables);
    models.gradients.clear(variables);
  }

  #update(variables: readonly Variable[]): void {
    const { state, models } = this.#training;
    if (!state.syncGradients) return;
    if (!variables.some((variable) => models.gradients.has(variable))) return;
    if (skipsOverflow(this, variables, this.#training)) return;
    for (const variable of variables) this.#places.add(variable);
    const updated = new Set(variables);
    const updates = [...this.#places].map((variable) => ({
      variable,
      gradient: updated.has(variable) ? models.gradients.get(variable) : undefined,
    }));
    timed("optimizer", () => applyUpdates(this.optimizer, updates));
    models.noteUpdated(variables);
    stepEffect(() => {
      this.#completedSteps += 1;
      state.noteUpdate();
    });
    if (!isRecording()) markDueStep(); // otherwise the scope of the step does this
  }

  /** A new list when other variables are trained. */
  #trained(): readonly Variable[] {
    const parts = this.#modelsOf().map((model) => model.trainable);
    if (!sameItems(parts, this.#parts)) {
      this.#parts = parts;
      this.#variables = [...new Set(parts.flat())];
    }
    return this.#variables;
  }
}
