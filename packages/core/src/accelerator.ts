import { fileURLToPath } from "node:url";
import { getBackend, keep, type Tensor, type Variable } from "@tensorflow/tfjs-core";
import {
  type AcceleratorOptions,
  type ResolvedAcceleratorOptions,
  requireSteps,
  resolveAcceleratorOptions,
} from "./accelerator-options.ts";
import { selectBackend } from "./backend/select-backend.ts";
import { AcceleratorError } from "./errors.ts";
import { gatherForMetrics } from "./operations/gather-for-metrics.ts";
import { type TensorStructure, tensorsOf } from "./operations/tensor-structure.ts";
import { PartialState } from "./process/partial-state.ts";
import { type ArtifactOptions, locateArtifact } from "./trackers/artifact.ts";
import type { GeneralTracker } from "./trackers/general-tracker.ts";
import type { ImageData } from "./trackers/log-value.ts";
import { resolveLogWith } from "./trackers/log-with.ts";
import type { LoggableWithMedia, TableSource } from "./trackers/media.ts";
import { type LogOptions, placementOf } from "./trackers/placement.ts";
import { type InitTrackersOptions, TrackerSession } from "./trackers/tracker-session.ts";
import { checkEngine, withoutGradients } from "./train/autograd.ts";
import { type BackwardOptions, backward, type LossSource } from "./train/backward.ts";
import { CompiledStep } from "./train/compiled-step.ts";
import { GradientState } from "./train/gradient-state.ts";
import { ModelRegistry } from "./train/model-registry.ts";
import { Preparation, type Prepared } from "./train/prepare.ts";
import { stepEffect } from "./train/step-observer.ts";
import { UnsyncedModels } from "./train/unsynced-models.ts";
import { replicaContext } from "./worker/replica-context.ts";
import { trackerThread } from "./worker/tracker-thread.ts";

/**
 * The one object of a training script: it prepares models, optimizers and loaders for the group of
 * replicas, runs backward passes, and logs. Every replica makes its own.
 */
export class Accelerator extends PartialState {
  readonly #options: ResolvedAcceleratorOptions;
  readonly #state: GradientState;
  readonly #models: ModelRegistry;
  readonly #unsynced: UnsyncedModels;
  readonly #preparation: Preparation;
  readonly #trackers: TrackerSession;

  /** @throws {AcceleratorError} `OPTION_INVALID`, `TRACKER_UNKNOWN`, `TRACKER_INVALID`, `TRACKER_NEEDS_DIRECTORY`. */
  constructor(options: AcceleratorOptions = {}) {
    super();
    this.#options = resolveAcceleratorOptions(options);
    const { collective, host, scriptUrl } = replicaContext();
    const { dataLoader, loggingDir, schedulerUnit } = this.#options;
    const selection = resolveLogWith(this.#options.logWith, loggingDir, scriptUrl);
    const { isMainProcess } = this;
    this.#trackers = new TrackerSession({
      selection,
      loggingDir,
      remote: host?.trackers ?? trackerThread(),
      script: scriptUrl === undefined ? undefined : fileURLToPath(scriptUrl),
      isMainProcess,
    });
    this.#state = new GradientState(this.#options.accumulation);
    this.#models = new ModelRegistry(collective);
    this.#unsynced = new UnsyncedModels(this.#models);
    this.#preparation = new Preparation({
      collective,
      state: this.#state,
      models: this.#models,
      dataLoader,
      schedulerUnit,
    });
  }

  /** The tfjs backend in use, such as `"wasm"`; final once something is prepared. */
  get device(): string {
    return getBackend();
  }

  get projectDir(): string | undefined {
    return this.#options.projectDir;
  }

  get loggingDir(): string | undefined {
    return this.#options.loggingDir;
  }

  /** Whether the current micro-batch ends an accumulation window: gradients are exchanged and applied. */
  get syncGradients(): boolean {
    return this.#state.syncGradients;
  }

  set syncGradients(value: boolean) {
    this.#state.syncGradients = value;
  }

  get gradientAccumulationSteps(): number {
    return this.#state.accumulation.numSteps;
  }

  set gradientAccumulationSteps(value: number) {
    this.#state.accumulation = { ...this.#state.accumulation, numSteps: requireSteps(value) };
  }

  /** Micro-batches in the current accumulation window; set it to go on where another run stopped. */
  get step(): number {
    return this.#state.step;
  }

  set step(value: number) {
    this.#state.step = value;
  }

  /**
   * Makes objects work with the group, in the order given; one object is returned bare, several as a list.
   *
   * A model (`tf.LayersModel`, or an object that lists its `tf.Variable`s) gets the weights of rank 0 and is
   * returned itself; a `tf.train` optimizer updates the models of the same call, or all models prepared
   * before if it has none; a `DataLoader` yields this rank's share. Anything else is returned as it is.
   * Preparing twice gives the same object. Collective: every rank prepares the same objects.
   *
   * @throws {AcceleratorError} `MODEL_INVALID`, `MODEL_MISMATCH`, `BACKEND_UNAVAILABLE`.
   */
  async prepare<T>(object: T): Promise<Prepared<T>>;
  async prepare<T extends readonly unknown[]>(
    ...objects: T
  ): Promise<{ -readonly [K in keyof T]: Prepared<T[K]> }>;
  async prepare(...objects: unknown[]): Promise<unknown> {
    await selectBackend(this.#options.backend, replicaContext().scriptUrl);
    checkEngine();
    const prepared = await this.#preparation.prepareAll(objects);
    return objects.length === 1 ? prepared[0] : prepared;
  }

  /**
   * Adds the gradients of the loss, divided by the accumulation steps, to the prepared models; at the end
   * of an accumulation window they are averaged over all replicas.
   *
   * @param loss a float32 scalar computed in the current step of a prepared loader, or a function that
   *   computes one anywhere.
   * @returns the loss. The step disposes it; outside of a prepared loader the caller does.
   * @throws {AcceleratorError} `LOSS_INVALID`, `LOSS_UNCONNECTED`, `STATE_INVALID`, `COLLECTIVE_…`.
   */
  backward(loss: LossSource, options: BackwardOptions = {}): Promise<Tensor> {
    const { stores } = this.#models;
    const target = { state: this.#state, stores, unsynced: this.#unsynced.stores };
    return backward(loss, target, options);
  }

  /**
   * The accumulated gradient of a variable of a prepared model; undefined if it has none. It belongs to the
   * accelerator and is valid until the next `backward` or `zeroGrad`.
   */
  gradientOf(variable: Variable): Tensor | undefined {
    return this.#models.gradientOf(variable);
  }

  /**
   * Runs `body`, the last argument, as one micro-batch of an accumulation window. The exchange of gradients
   * is left out for the models listed, or all of them if none is, until the window ends.
   */
  async accumulate<T>(...modelsAndBody: [...models: object[], body: () => T]): Promise<Awaited<T>> {
    const body = modelsAndBody.at(-1);
    if (typeof body !== "function") {
      throw new AcceleratorError(
        "OPTION_INVALID",
        "accumulate: the last argument must be a function.",
      );
    }
    stepEffect(() => this.#state.advance());
    const models = modelsAndBody.slice(0, -1);
    const { syncGradients, accumulation } = this.#state;
    const exchanges = syncGradients || accumulation.syncEachBatch;
    return await (exchanges ? body() : this.#unsynced.during(models, body as () => T));
  }

  /** Runs `body` without exchanging the gradients of `model`; the next normal backward catches up. */
  async noSync<T>(model: object, body: () => T): Promise<Awaited<T>> {
    return await this.#unsynced.during([model], body);
  }

  /**
   * Makes a function out of a training step that a backend can replay without running its JavaScript again:
   * on the onnx backend, once two runs with inputs of the same shapes were alike. Elsewhere it runs as it is.
   *
   * The step takes tensors, and arrays and plain objects of them; what else it is given selects another
   * recording. Tensors it returns belong to the enclosing step, all others it makes are disposed. It must do
   * the same whenever it gets inputs of the same shapes: backward passes, prepared optimizers and schedulers,
   * `accumulate`, `dropout` of this package follow along, but branches on values, random numbers and
   * counters of JavaScript would be repeated as recorded. A step found to contain such is run as it is, with
   * one warning that says why.
   */
  compileStep<Args extends readonly unknown[], Result>(
    step: (...args: Args) => Result,
  ): (...args: Args) => Promise<Awaited<Result>> {
    const compiled = new CompiledStep(step, this.#state, this.#models, this.#unsynced);
    return (...args) => compiled.run(args);
  }

  /** Runs `fn`, also across its awaits, without recording operations for `backward`: for evaluation. */
  noGrad<T>(fn: () => T): T {
    return withoutGradients(fn);
  }

  /** Holds tensors beyond the step that made them. The caller disposes them. */
  keep<T extends TensorStructure>(value: T): T {
    for (const tensor of tensorsOf(value)) keep(tensor);
    return value;
  }

  /**
   * Like `gather`, but on the last batch without the samples that were added to complete it. Also takes a
   * list per rank, one entry per sample: the lists are joined.
   */
  gatherForMetrics<T extends TensorStructure | readonly unknown[]>(value: T): Promise<T> {
    return gatherForMetrics(value, this.#state, this.collective);
  }

  /**
   * Starts the trackers of `logWith` and hands them the configuration. Call it on every rank; only the main
   * process records.
   *
   * @throws {AcceleratorError} `TRACKER_…`, `STATE_INVALID` on a second call.
   */
  initTrackers(projectName: string, options: InitTrackersOptions = {}): Promise<void> {
    return this.#trackers.init(projectName, options);
  }

  /**
   * Records values of the main process on every tracker. Never waits: tensors are read when the backend has
   * them, and the caller may dispose them at once.
   *
   * @throws {AcceleratorError} `VALUE_INVALID`, `TENSOR_DISPOSED`, `OPTION_INVALID` for a step that is no
   *   integer, `STATE_INVALID` before `initTrackers`, `TRACKERS_CLOSED` after `endTraining`.
   */
  log(values: { readonly [key: string]: LoggableWithMedia }, options: LogOptions = {}): void {
    const placement = placementOf(options);
    if (this.isMainProcess) this.#trackers.log(values, placement);
  }

  /** Records images on every tracker that can; like `log`. Tensors count as `[height, width, channels]`. */
  logImages(images: Readonly<Record<string, ImageData | Tensor>>, options: LogOptions = {}): void {
    const placement = placementOf(options);
    if (this.isMainProcess) this.#trackers.logImages(images, placement);
  }

  /** Records tables on every tracker that can; like `log`. */
  logTable(tables: Readonly<Record<string, TableSource>>, options: LogOptions = {}): void {
    const placement = placementOf(options);
    if (this.isMainProcess) this.#trackers.logTables(tables, placement);
  }

  /**
   * Keeps a file or a folder with the run, on every tracker that can; like `log`. Its content is read after
   * the call: leave it as it is until `endTraining`.
   *
   * @throws {AcceleratorError} `VALUE_INVALID` if there is nothing at the path.
   */
  logArtifact(path: string, options: ArtifactOptions = {}): void {
    const placement = placementOf(options);
    if (this.isMainProcess) this.#trackers.logArtifact(locateArtifact(path, options), placement);
  }

  /**
   * A tracker by name: on the main process the tracker, elsewhere one that does nothing. `unwrap` gives its
   * native run object; when the tracker runs on the host thread, await what its members return.
   *
   * @throws {AcceleratorError} `TRACKER_UNKNOWN`, on every rank.
   */
  getTracker(name: string): GeneralTracker;
  // biome-ignore lint/suspicious/noExplicitAny: the native object is the tracker's own
  getTracker(name: string, options: { readonly unwrap: true }): any;
  getTracker(name: string, { unwrap = false }: { readonly unwrap?: boolean } = {}): unknown {
    const tracker = this.#trackers.find(name);
    return unwrap ? tracker.tracker : tracker;
  }

  /**
   * Resolves once everything logged so far is on the disk: call it where you save a checkpoint. Delivery to services
   * goes on in the background.
   */
  async flush(): Promise<void> {
    await this.#trackers.sync();
  }

  /** Closes every tracker once all that was logged is recorded. Call it on every rank, at the end. */
  endTraining(): Promise<void> {
    return this.#trackers.finish("success");
  }
}
