import { getBackend, type Scalar, type Tensor, type Variable } from "@tensorflow/tfjs-core";
import { noteUsedBackend } from "../backend/determinism.ts";
import { selectBackend } from "../backend/select-backend.ts";
import { replicaContext } from "../context/replica-context.ts";
import { requireFunction } from "../options/require-function.ts";
import { checkEngine } from "../step/check-engine.ts";
import { explainDisposed } from "../step/explain-disposed.ts";
import { lazyBackend } from "../step/lazy-backend.ts";
import { type BackwardOptions, backward, type LossSource } from "../train/backward.ts";
import { clipGradNorm, clipGradValue } from "../train/clip-gradients.ts";
import { CompiledStep } from "../train/compiled-step.ts";
import type { Differentiation } from "../train/differentiate.ts";
import type { Preparation, Prepared } from "../train/prepare.ts";
import type { ResolvedAcceleratorOptions } from "./accelerator-options.ts";
import type { AcceleratorParts } from "./accelerator-parts.ts";
import { EvaluatingAccelerator } from "./evaluating-accelerator.ts";

/** The members of the accelerator that prepare and train. */
export abstract class TrainingAccelerator extends EvaluatingAccelerator {
  readonly #options: ResolvedAcceleratorOptions;
  readonly #training: Differentiation;
  readonly #preparation: Preparation;

  constructor(parts: AcceleratorParts) {
    super(parts);
    const { options, training, preparation } = parts;
    this.#options = options;
    this.#training = training;
    this.#preparation = preparation;
  }

  /** The tfjs backend in use, such as `"wasm"`; final once something is prepared. */
  get device(): string {
    return getBackend();
  }

  /**
   * Prepares objects for the group, in the order given. One object is returned itself, several as a list.
   *
   * A model gets the weights of rank 0 and is returned itself. It is a `tf.LayersModel`, or an object or a list that
   * holds variables or layers to any depth, or that lists its variables itself, as `trainableVariables()` (and
   * `variables()` for those that are not trained): it must list them if they are in private fields. Models may share
   * variables. Changes of `trainable` take effect in the next step. Build layers before.
   *
   * A `tf.train` optimizer updates models of the same call: one optimizer all of them; as many optimizers as models
   * form pairs in the order given. A group states the pair explicitly: `prepare({ model, optimizer })`, with `models:
   * [a, b]` or `variables: [v, w]` in place of `model`, is handled as a separate call and returns an object with the
   * same names. An optimizer in a call without models updates those that no other call gave an optimizer. Use the
   * returned object: with several replicas, `minimize` and `applyGradients` of the `tf.train` optimizer itself throw
   * `STATE_INVALID`, and so does an optimizer that is not prepared when it is to update a prepared model.
   *
   * A `tf.LayersModel` that is compiled with the returned optimizer can be trained by `fit`, `fitDataset` and
   * `trainOnBatch`: every rank makes the call with the whole data, and takes its share of each batch.
   *
   * A `DataLoader` yields this rank's share. Anything else is returned unchanged. Preparing an object twice returns
   * the same object. Collective: every rank prepares the same objects.
   *
   * @throws {AcceleratorError} `MODEL_INVALID`, `MODEL_MISMATCH`, `BACKEND_UNAVAILABLE`, `OPTION_INVALID` if it is not
   *   clear which optimizer updates which model.
   */
  async prepare<T>(object: T): Promise<Prepared<T>>;
  async prepare<T extends readonly unknown[]>(
    ...objects: T
  ): Promise<{ -readonly [K in keyof T]: Prepared<T[K]> }>;
  async prepare(...objects: unknown[]): Promise<unknown> {
    const { chosen } = await selectBackend(this.#options.backend, replicaContext().scriptUrl);
    noteUsedBackend(chosen.name);
    lazyBackend()?.beginTraining();
    checkEngine();
    explainDisposed();
    const prepared = await this.#preparation.prepareAll(objects);
    return objects.length === 1 ? prepared[0] : prepared;
  }

  /**
   * Adds the gradients of the loss, divided by the accumulation steps, to the prepared models; at the end of an
   * accumulation window they are averaged over all replicas. Float32 variables that have changed without being trained,
   * such as the moving averages of batch normalisation, are averaged with them.
   *
   * @param loss a float32 scalar computed in the current step of a prepared loader, or a function that
   *   computes one anywhere.
   * @param options `items` for windows and batches of unequal size; `retainGraph`.
   * @returns the loss. The step disposes it; outside of a prepared loader the caller does.
   * @throws {AcceleratorError} `LOSS_INVALID`, `LOSS_UNCONNECTED`, `STATE_INVALID` if nothing is prepared or an earlier
   *   one is not awaited, `MODEL_INVALID` if all variables are frozen, `VARIABLE_UNPREPARED` if several replicas would
   *   train a variable that none of the models holds (one replica warns), `COLLECTIVE_…`.
   */
  backward(loss: LossSource, options: BackwardOptions = {}): Promise<Tensor> {
    return backward(loss, this.#training, options);
  }

  /**
   * The accumulated gradient of a variable of a prepared model; undefined if it has none. It belongs to the
   * accelerator and is valid until the next `backward` or `zeroGrad`.
   */
  gradientOf(variable: Variable): Tensor | undefined {
    return this.#training.models.gradients.get(variable);
  }

  /**
   * Scales the averaged gradients so that their norm is at most `maxNorm`. Call it between `backward` and
   * `optimizer.step`. While gradients are being accumulated it does nothing. Nothing is read from the backend, so it can
   * be part of a compiled step. As in PyTorch, an infinite norm makes the gradients 0 or NaN, and NaN makes them NaN.
   *
   * @param parameters a prepared model, variables of one, or a list of these. Their norm is that of one vector.
   * @param maxNorm at least 0; `Infinity` only measures.
   * @param normType the order of the norm: 2, `Infinity` for the largest absolute value, or another above 0.
   * @returns the norm before clipping, a float32 scalar of the active step; undefined while gradients are accumulated.
   * @throws {AcceleratorError} `OPTION_INVALID`, `VARIABLE_UNPREPARED`, `STATE_INVALID` if a backward is not awaited.
   */
  clipGradNorm(parameters: object, maxNorm: number, normType = 2): Scalar | undefined {
    return clipGradNorm(parameters, maxNorm, normType, this.#training);
  }

  /** Limits each element of the averaged gradients to `-maxValue..maxValue`; otherwise like `clipGradNorm`. */
  clipGradValue(parameters: object, maxValue: number): void {
    clipGradValue(parameters, maxValue, this.#training);
  }

  /**
   * Makes a function out of a training step that a backend can replay without running its JavaScript again:
   * on the onnx backend, after two equal runs with inputs of the same shapes. On other backends it runs without replay.
   *
   * The step takes tensors, and arrays and plain objects of them; other arguments select a different recording. Tensors
   * it returns belong to the enclosing step, all others it makes are disposed. With inputs of the same shapes it must
   * always do the same. Backward passes, prepared optimizers and schedulers, `accumulate` and `dropout` of this package
   * are supported; branches on values, random numbers and counters of JavaScript would be repeated as recorded. A step
   * that does so runs without replay, with one warning that says why. Numbers from outside of the function, such as a
   * factor that changes with the epoch, would also be repeated: pass them as tensors, or as arguments, where each value
   * of a number has its own recording. Some calls run without replay as a check (the 16th, the 128th, then every
   * 1024th), and warn if the step has changed.
   */
  compileStep<Args extends readonly unknown[], Result>(
    step: (...args: Args) => Result,
  ): (...args: Args) => Promise<Awaited<Result>> {
    requireFunction("compileStep", step);
    const compiled = new CompiledStep(step, this.#training);
    return (...args) => compiled.run(args);
  }

  /**
   * The loss plus the penalties of the regularizers of a model's layers, as in `fit`. Call it where the loss is
   * computed.
   *
   * @param loss a scalar.
   * @returns a scalar of the active step.
   */
  lossOf(model: object, loss: Tensor): Scalar {
    return this.#training.regularizers.addTo(loss, model);
  }

  /**
   * Releases everything that was prepared and frees the shared memory of its gradients for other models; `step` is 0
   * again. Objects that are listed are disposed too: the variables of prepared models, the moments of optimizers.
   * Call it outside of loops over prepared loaders. The shared memory of a model that was disposed without this call
   * is freed when the next model is prepared. Collective: every rank frees the same.
   *
   * @returns `undefined` for each object: `[model, optimizer] = await accelerator.freeMemory(model, optimizer)`.
   */
  async freeMemory(...objects: unknown[]): Promise<undefined[]> {
    this.#preparation.clear(objects);
    return objects.map(() => undefined);
  }

  /** The same as `freeMemory`. */
  clear(...objects: unknown[]): Promise<undefined[]> {
    return this.freeMemory(...objects);
  }

  /** The model itself: `prepare` does not wrap models. */
  unwrapModel<T extends object>(model: T): T {
    return model;
  }
}
