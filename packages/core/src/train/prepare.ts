import { type Optimizer, Variable } from "@tensorflow/tfjs-core";
import type { Collective } from "../collective/collective.ts";
import { DataLoader } from "../data/data-loader.ts";
import type { ResolvedDataLoaderConfiguration } from "../data/data-loader-configuration.ts";
import { GroupSeed } from "../data/group-seed.ts";
import { agreeOnLoader } from "../data/loader-agreement.ts";
import { PreparedDataLoader } from "../data/prepared-data-loader.ts";
import { AcceleratorError } from "../errors.ts";
import { isPlainObject } from "../plain-object.ts";
import { AcceleratedScheduler, type SchedulerUnit } from "../schedule/accelerated-scheduler.ts";
import { isScheduler, type LearningRateScheduler } from "../schedule/scheduler.ts";
import { AcceleratedOptimizer } from "./accelerated-optimizer.ts";
import type { Differentiation } from "./differentiate.ts";
import { disposeObjects } from "./dispose-objects.ts";
import { isOptimizer, type Layer } from "./find-variables.ts";
import { forbidLocalUpdates } from "./local-updates.ts";
import { type ModelVariables, modelVariables } from "./model-variables.ts";
import { OptimizerClaims } from "./optimizer-claims.ts";
import { pairOptimizers } from "./pair-optimizers.ts";
import { restoreMethods } from "./replaced-methods.ts";
import { synchronizeBatchNormalization } from "./sync-batch-normalization.ts";

/** What `prepare` makes of an object. */
export type Prepared<T> =
  T extends DataLoader<infer Batch>
    ? PreparedDataLoader<Batch>
    : T extends Optimizer
      ? AcceleratedOptimizer
      : T extends LearningRateScheduler
        ? AcceleratedScheduler
        : T extends OptimizerGroup
          ? { -readonly [K in keyof T]: Prepared<T[K]> }
          : T;

/** An optimizer with the models that it updates, under any names: `{ model, optimizer }`. */
export type OptimizerGroup = { readonly optimizer: Optimizer } & {
  readonly trainableWeights?: never; // a tf.LayersModel has an optimizer too
};

export type PreparationOptions = {
  readonly collective: Collective;
  readonly training: Differentiation;
  readonly dataLoader: ResolvedDataLoaderConfiguration;
  readonly schedulerUnit: SchedulerUnit;
  /** Batch normalisation uses the rows of all replicas. */
  readonly syncBatchNorm: boolean;
  /** Makes the training methods of tf.layers models those of the group. */
  readonly shareFit: (layers: readonly Layer[]) => void;
};

/** Prepared objects in the order in which they were prepared. */
export type PreparedObjects = {
  readonly optimizers: readonly AcceleratedOptimizer[];
  readonly schedulers: readonly AcceleratedScheduler[];
  readonly loaders: readonly PreparedDataLoader<unknown>[];
};

/** An array of models is a model; with anything else to prepare in it, it would come back as it was. */
function refuseList(object: unknown): void {
  const isOther = (one: unknown) =>
    one instanceof DataLoader || isOptimizer(one) || isScheduler(one);
  if (!Array.isArray(object) || !object.some(isOther)) return;
  throw new AcceleratorError(
    "OPTION_INVALID",
    "prepare: an array holds an optimizer, a DataLoader or a scheduler. Pass what it holds one by one: " +
      "await accelerator.prepare(...list).",
  );
}

/** Turns a user's objects into those that work with the group; remembers what it has prepared. */
export class Preparation {
  readonly #options: PreparationOptions;
  #claims: OptimizerClaims;
  #prepared = new WeakMap<object, unknown>();
  readonly #optimizers = new Set<Optimizer>();
  readonly #made: { [Kind in keyof PreparedObjects]: PreparedObjects[Kind][number][] } = {
    optimizers: [],
    schedulers: [],
    loaders: [],
  };

  constructor(options: PreparationOptions) {
    this.#options = options;
    this.#claims = new OptimizerClaims(options.training.models);
  }

  /** What was prepared, besides models, each kind in its order. */
  get made(): PreparedObjects {
    return this.#made;
  }

  /** Disposes the objects and forgets all that was prepared: preparing it again makes something new. Collective. */
  clear(objects: readonly unknown[]): void {
    const { models, state, scaler } = this.#options.training;
    disposeObjects(objects, models);
    const layers = models.models.flatMap((model) => model.layers);
    for (const object of [...layers, ...this.#optimizers]) restoreMethods(object);
    this.#optimizers.clear();
    for (const list of Object.values(this.#made)) list.length = 0;
    models.clear();
    scaler?.clear();
    state.skippedBy.clear();
    state.step = 0;
    state.replicasDiffer = false;
    this.#claims = new OptimizerClaims(models);
    this.#prepared = new WeakMap();
  }

  /**
   * Prepares the objects of one call, in whatever order they come: models first, because an optimizer
   * updates models of its own call. A group is a call of its own.
   */
  async prepareAll(objects: readonly unknown[]): Promise<unknown[]> {
    for (const object of objects) refuseList(object);
    const models = objects.flatMap((object) => {
      const variables = this.#variablesOf(object);
      return variables ? [{ object: object as object, variables }] : [];
    });
    const optimizers = objects.filter(isOptimizer);
    // Before anything is touched.
    const pairs = models.length === 0 ? [] : pairOptimizers(models, optimizers.length);
    const groups = objects.filter(isGroup);
    const { syncBatchNorm, collective, shareFit } = this.#options;
    for (const { object, variables } of models) {
      await this.#options.training.models.add(object, variables);
      shareFit(variables.layers);
      if (syncBatchNorm) synchronizeBatchNormalization(variables.layers, collective);
    }
    for (const group of groups) await this.#prepareGroup(group);
    for (const object of objects) {
      if (object instanceof DataLoader) this.#once(object, () => this.#prepareLoader(object));
    }
    for (const [index, optimizer] of optimizers.entries()) {
      const own = pairs[index]?.map(({ object }) => this.#options.training.models.find(object));
      this.#once(optimizer, () => this.#prepareOptimizer(optimizer, own as ModelVariables[]));
    }
    for (const object of objects) {
      if (isScheduler(object)) this.#once(object, () => this.#prepareScheduler(object));
    }
    return objects.map((object) => this.#prepared.get(object as object) ?? object);
  }

  /** Of a model, known or new. */
  #variablesOf(object: unknown): ModelVariables | undefined {
    if (typeof object !== "object" || object === null) return undefined;
    if (object instanceof DataLoader || isOptimizer(object) || isScheduler(object))
      return undefined;
    if (PREPARED_KINDS.some((kind) => object instanceof kind) || isGroup(object)) return undefined;
    return this.#options.training.models.find(object) ?? modelVariables(object);
  }

  async #prepareGroup(group: Record<string, unknown>): Promise<void> {
    if (this.#prepared.has(group)) return;
    const parts = Object.values(group).flatMap((part) => (isModelList(part) ? part : [part]));
    await this.prepareAll(parts);
    const prepared = Object.fromEntries(
      Object.entries(group).map(([key, part]) => [key, this.#prepared.get(part as object) ?? part]),
    );
    this.#once(group, () => prepared);
  }

  #prepareLoader(loader: DataLoader<unknown>): PreparedDataLoader<unknown> {
    const { collective, dataLoader, training } = this.#options;
    const isStream = loader.source.kind === "stream";
    // A stream may differ from rank to rank; one rank reads it for all, unless it is shared out already.
    const dispatchBatches = dataLoader.dispatchBatches ?? (isStream && loader.options.shard);
    const sharesData = !dispatchBatches && (!isStream || loader.options.shard);
    const given = loader.options.seed ?? dataLoader.dataSeed;
    const agreed = agreeOnLoader(loader, given ?? loader.baseSeed, sharesData, collective);
    const seed = new GroupSeed(loader, collective, agreed, given);
    if (sharesData || dispatchBatches) loader.noteShared(collective.worldSize);
    return added(
      this.#made.loaders,
      new PreparedDataLoader(loader, {
        ...{ collective, seed, dispatchBatches, observer: training.state },
        evenBatches: dataLoader.evenBatches,
        splitBatches: dataLoader.splitBatches,
      }),
    );
  }

  /** @param models of its own call; undefined if that had none. */
  #prepareOptimizer(
    optimizer: Optimizer,
    models: readonly ModelVariables[] | undefined,
  ): AcceleratedOptimizer {
    const claims = this.#claims;
    this.#optimizers.add(optimizer);
    if (this.#options.collective.worldSize > 1) forbidLocalUpdates(optimizer);
    const modelsOf = models ? claims.together(models) : claims.alone(optimizer);
    const prepared = new AcceleratedOptimizer(optimizer, this.#options.training, modelsOf);
    return added(this.#made.optimizers, prepared);
  }

  #prepareScheduler(scheduler: LearningRateScheduler): AcceleratedScheduler {
    const { collective, dataLoader, training, schedulerUnit: unit } = this.#options;
    const processSteps = dataLoader.splitBatches ? 1 : collective.worldSize;
    const prepared = new AcceleratedScheduler(scheduler, training.state, { unit, processSteps });
    return added(this.#made.schedulers, prepared);
  }

  #once(object: object, prepare: () => object): void {
    if (this.#prepared.has(object)) return;
    const prepared = prepare();
    this.#prepared.set(object, prepared);
    this.#prepared.set(prepared, prepared);
  }
}

function added<T>(list: T[], item: T): T {
  list.push(item);
  return item;
}

const PREPARED_KINDS = [PreparedDataLoader, AcceleratedOptimizer, AcceleratedScheduler] as const;

/** A plain object with an optimizer among its values. */
function isGroup(value: unknown): value is Record<string, unknown> {
  return isPlainObject(value) && !isScheduler(value) && Object.values(value).some(isOptimizer);
}

/** Models side by side, not one model of variables. */
function isModelList(value: unknown): value is unknown[] {
  return Array.isArray(value) && !value.some((item) => item instanceof Variable);
}
