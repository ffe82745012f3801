import { AcceleratorError } from "../errors.ts";
import { checkMember } from "../options/check-options.ts";
import { AcceleratedOptimizer } from "../train/accelerated-optimizer.ts";
import { accumulate } from "../train/accumulate.ts";
import type { Differentiation } from "../train/differentiate.ts";
import type { GradScaler } from "../train/grad-scaler.ts";
import { type JoinOptions, joinUnevenInputs } from "../train/join-uneven-inputs.ts";
import { type LocalSgd, type LocalSgdOptions, localSgd } from "../train/local-sgd.ts";
import type { Preparation } from "../train/prepare.ts";
import type { AcceleratorParts } from "./accelerator-parts.ts";
import { TrainingAccelerator } from "./training-accelerator.ts";

/** The members of the accelerator that say when gradients are exchanged and applied. */
export abstract class ExchangingAccelerator extends TrainingAccelerator {
  readonly #training: Differentiation;
  readonly #preparation: Preparation;

  constructor(parts: AcceleratorParts) {
    super(parts);
    this.#training = parts.training;
    this.#preparation = parts.preparation;
  }

  /** Whether the current micro-batch ends an accumulation window: gradients are exchanged and applied. */
  get syncGradients(): boolean {
    return this.#training.state.syncGradients;
  }

  set syncGradients(value: boolean) {
    checkMember("accelerator", "syncGradients", value, "boolean");
    this.#training.state.syncGradients = value;
  }

  get gradientAccumulationSteps(): number {
    return this.#training.state.accumulation.numSteps;
  }

  set gradientAccumulationSteps(value: number) {
    checkMember("accelerator", "gradientAccumulationSteps", value, { integerFrom: 1 });
    const { accumulation } = this.#training.state;
    this.#training.state.accumulation = { ...accumulation, numSteps: value };
  }

  /** Micro-batches in the current accumulation window; set it to continue where another run stopped. */
  get step(): number {
    return this.#training.state.step;
  }

  set step(value: number) {
    checkMember("accelerator", "step", value, { integerFrom: 0 });
    this.#training.state.step = value;
  }

  /** The scaler of `gradScaler`; undefined without one. Its scale follows by itself. */
  get scaler(): GradScaler | undefined {
    return this.#training.scaler;
  }

  /** Whether the last step of a prepared optimizer was skipped because a gradient was infinite or NaN. */
  get optimizerStepWasSkipped(): boolean {
    return this.#training.state.stepWasSkipped;
  }

  /**
   * Divides the gradients by the scale of `scaler`. They are already divided once a window has ended and they are exchanged,
   * so it matters only for models inside `noSync`. Does nothing while gradients are being accumulated.
   *
   * @param optimizers whose gradients; all of them by default.
   * @throws {AcceleratorError} `OPTION_INVALID` for what is no prepared optimizer.
   */
  unscaleGradients(...optimizers: readonly AcceleratedOptimizer[]): void {
    requirePrepared(optimizers);
    const { scaler, state, models } = this.#training;
    if (!scaler || !state.syncGradients) return;
    const own = optimizers.flatMap((optimizer) => optimizer.variables);
    scaler.unscale(optimizers.length === 0 ? models.variables : own);
  }

  /**
   * Runs `body`, the last argument, as one micro-batch of an accumulation window. The exchange of gradients
   * is skipped for the listed models, or for all models if none is listed, until the window ends. Calls for different
   * models with the same batch of a loader, as in a GAN, are one micro-batch.
   */
  accumulate<T>(...modelsAndBody: [...models: object[], body: () => T]): Promise<Awaited<T>> {
    return accumulate(modelsAndBody, this.#training);
  }

  /** Runs `body` without exchanging the gradients of `model`; the next backward with an exchange includes them. */
  noSync<T>(model: object, body: () => T): Promise<Awaited<T>> {
    return this.#training.unsynced.during([model], body);
  }

  /**
   * Runs `body` with an exchange at every backward for `model`, also while gradients are accumulated: what has been added
   * up until then is averaged over the replicas. Optimizers still wait for the end of the window.
   *
   * @throws {AcceleratorError} `STATE_INVALID` for a model that is not prepared.
   */
  triggerSyncInBackward<T>(model: object, body: () => T): Promise<Awaited<T>> {
    return this.#training.unsynced.triggering(model, body);
  }

  /**
   * Trains the replicas apart for a while: inside `body` gradients of `model` are not exchanged, and after every
   * `localSgdSteps` calls of `local.step()`, and at the end, the weights become their means over the replicas.
   * After an error of `body` they stay as they are.
   *
   * @throws {AcceleratorError} `OPTION_INVALID`, `STATE_INVALID` for a model that is not prepared, `COLLECTIVE_MISMATCH` if
   *   the ranks make different numbers of steps, naming them and the loader that has fewer batches on some.
   */
  localSgd<T>(
    model: object,
    options: LocalSgdOptions,
    body: (local: LocalSgd) => T,
  ): Promise<Awaited<T>> {
    const { collective } = this;
    const { loaders } = this.#preparation.made;
    return localSgd(model, options, body, { training: this.#training, collective, loaders });
  }

  /**
   * Runs `body`, in which the loops of some replicas may have fewer steps, such as with `evenBatches: false`. A replica
   * that is done takes part in the exchanges of the others with zero gradients; means are still divided by the number of
   * all replicas. Gradients that a replica holds back, by `noSync` or in an open window, go into the next exchange. At the end all replicas have the weights, optimizers, learning rates and schedules of the one that
   * trained longest. Other collectives in `body` must not depend on the number of steps, and a shuffled loader can
   * begin only one pass in it. Checkpoints by a schedule or a signal wait until it is over.
   *
   * @param models prepared, one or a list; gradients of the others are exchanged alike.
   * @param options `evenBatches` replaces that of all prepared loaders until the end, also after an error.
   * @throws {AcceleratorError} `STATE_INVALID` for a model that is not prepared, or inside another call; `OPTION_INVALID`.
   */
  joinUnevenInputs<T>(models: object, options: JoinOptions, body: () => T): Promise<Awaited<T>> {
    const { made } = this.#preparation;
    const { collective } = this;
    return joinUnevenInputs(models, options, body, { training: this.#training, collective, made });
  }
}

function requirePrepared(optimizers: readonly unknown[]): void {
  if (optimizers.every((optimizer) => optimizer instanceof AcceleratedOptimizer)) return;
  throw new AcceleratorError(
    "OPTION_INVALID",
    "unscaleGradients takes prepared optimizers: pass what accelerator.prepare returned, or nothing for all of them.",
  );
}
