import type { Optimizer } from "@tensorflow/tfjs-core";
import type { Collective } from "../collective/collective.ts";
import { DataLoader } from "../data/data-loader.ts";
import type { ResolvedDataLoaderConfiguration } from "../data/data-loader-configuration.ts";
import { PreparedDataLoader } from "../data/prepared-data-loader.ts";
import { AcceleratedScheduler, type SchedulerUnit } from "../schedule/accelerated-scheduler.ts";
import { isScheduler, type LearningRateScheduler } from "../schedule/scheduler.ts";
import { AcceleratedOptimizer, isOptimizer } from "./accelerated-optimizer.ts";
import type { GradientState } from "./gradient-state.ts";
import type { GradientStore } from "./gradient-store.ts";
import type { ModelRegistry } from "./model-registry.ts";
import { modelVariables } from "./variables.ts";

/** What `prepare` makes of an object. */
export type Prepared<T> =
  T extends DataLoader<infer Batch>
    ? PreparedDataLoader<Batch>
    : T extends Optimizer
      ? AcceleratedOptimizer
      : T extends LearningRateScheduler
        ? AcceleratedScheduler
        : T;

export type PreparationOptions = {
  readonly collective: Collective;
  readonly state: GradientState;
  readonly models: ModelRegistry;
  readonly dataLoader: ResolvedDataLoaderConfiguration;
  readonly schedulerUnit: SchedulerUnit;
};

/** Turns a user's objects into those that work with the group; remembers what it has prepared. */
export class Preparation {
  readonly #options: PreparationOptions;
  readonly #prepared = new WeakMap<object, unknown>();

  constructor(options: PreparationOptions) {
    this.#options = options;
  }

  /**
   * Prepares the objects of one call, in whatever order they come: models first, because an optimizer
   * updates the models of its own call, or all prepared ones if there are none.
   */
  async prepareAll(objects: readonly unknown[]): Promise<unknown[]> {
    const stores: GradientStore[] = [];
    for (const object of objects) {
      const store = await this.#prepareModel(object);
      if (store) stores.push(store);
    }
    for (const object of objects) {
      if (object instanceof DataLoader) this.#once(object, () => this.#prepareLoader(object));
      if (isOptimizer(object)) this.#once(object, () => this.#prepareOptimizer(object, stores));
    }
    for (const object of objects) {
      if (isScheduler(object)) this.#once(object, () => this.#prepareScheduler(object));
    }
    return objects.map((object) => this.#prepared.get(object as object) ?? object);
  }

  async #prepareModel(object: unknown): Promise<GradientStore | undefined> {
    if (typeof object !== "object" || object === null) return undefined;
    if (object instanceof DataLoader || isOptimizer(object) || isScheduler(object))
      return undefined;
    if (PREPARED_KINDS.some((kind) => object instanceof kind)) return undefined;
    const variables = modelVariables(object);
    return variables ? this.#options.models.add(object, variables) : undefined;
  }

  #prepareLoader(loader: DataLoader<unknown>): PreparedDataLoader<unknown> {
    const { collective, dataLoader, state } = this.#options;
    const baseSeed = collective.broadcastObject(loader.baseSeed, 0, "prepare(dataLoader)");
    const isStream = loader.source.kind === "stream";
    // A stream may differ from rank to rank; one rank reads it for all, unless it is shared out already.
    const dispatchBatches = dataLoader.dispatchBatches ?? (isStream && loader.options.shard);
    return new PreparedDataLoader(loader, {
      ...{ collective, baseSeed, dispatchBatches, observer: state },
      evenBatches: dataLoader.evenBatches,
      splitBatches: dataLoader.splitBatches,
    });
  }

  #prepareOptimizer(optimizer: Optimizer, stores: readonly GradientStore[]): AcceleratedOptimizer {
    const { models, state } = this.#options;
    return new AcceleratedOptimizer(optimizer, state, stores.length > 0 ? stores : models.stores);
  }

  #prepareScheduler(scheduler: LearningRateScheduler): AcceleratedScheduler {
    const { collective, dataLoader, state, schedulerUnit: unit } = this.#options;
    const processSteps = dataLoader.splitBatches ? 1 : collective.worldSize;
    return new AcceleratedScheduler(scheduler, state, { unit, processSteps });
  }

  #once(object: object, prepare: () => object): void {
    if (this.#prepared.has(object)) return;
    const prepared = prepare();
    this.#prepared.set(object, prepared);
    this.#prepared.set(prepared, prepared);
  }
}

const PREPARED_KINDS = [PreparedDataLoader, AcceleratedOptimizer, AcceleratedScheduler] as const;
