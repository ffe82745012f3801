import { checkMember } from "../options/check-options.ts";
import { DistributedType } from "../process/distributed-type.ts";
import { PartialState } from "../process/partial-state.ts";
import { LoopState } from "../train/loop-state.ts";
import type { ResolvedAcceleratorOptions } from "./accelerator-options.ts";
import type { AcceleratorParts } from "./accelerator-parts.ts";
import type { ProjectConfiguration } from "./project-configuration.ts";

/** The members of the accelerator that say how it is configured, and where its loops are. */
export abstract class AcceleratorState extends PartialState {
  /** Where the loops over prepared loaders are, and whether gradients are exchanged now. */
  readonly gradientState: LoopState;
  readonly #options: ResolvedAcceleratorOptions;

  constructor({ options, training }: AcceleratorParts) {
    super();
    this.#options = options;
    this.gradientState = new LoopState(training.state);
  }

  /** The accelerator itself: every accelerator has its own state. */
  get state(): AcceleratorState {
    return this;
  }

  /** `DistributedType.No` with one replica, otherwise `DistributedType.MultiCpu`. */
  get distributedType(): DistributedType {
    return this.useDistributed ? DistributedType.MultiCpu : DistributedType.No;
  }

  /** Whether the replicas compute on several devices; no: they share those of this machine. */
  get multiDevice(): boolean {
    return false;
  }

  /**
   * Whether loaders pad their last round. Set, it holds for loaders that are prepared from then on; `evenBatches` of a
   * prepared one says what that one does, and can be set too.
   */
  get evenBatches(): boolean {
    return this.#options.dataLoader.evenBatches;
  }

  set evenBatches(value: boolean) {
    checkMember("accelerator", "evenBatches", value, "boolean");
    this.#options.dataLoader.evenBatches = value;
  }

  /** Whether `batchSize` counts over all replicas. Set, it holds for loaders and schedules that are prepared from then on. */
  get splitBatches(): boolean {
    return this.#options.dataLoader.splitBatches;
  }

  set splitBatches(value: boolean) {
    checkMember("accelerator", "splitBatches", value, "boolean");
    this.#options.dataLoader.splitBatches = value;
  }

  /** Whether rank 0 reads for all replicas; undefined: it does for streams. Set, it holds for loaders prepared from then on. */
  get dispatchBatches(): boolean | undefined {
    return this.#options.dataLoader.dispatchBatches;
  }

  set dispatchBatches(value: boolean | undefined) {
    if (value !== undefined) checkMember("accelerator", "dispatchBatches", value, "boolean");
    this.#options.dataLoader.dispatchBatches = value;
  }

  /** Always true: the order of an epoch is that of a seed and the number of the epoch. */
  get useSeedableSampler(): true {
    return true;
  }

  /** Always true: every prepared loader has `stateDict` and `loadStateDict`. */
  get useStatefulDataloader(): true {
    return true;
  }

  /** The seed of loaders that have none of their own; undefined: that of `setSeed`. */
  get dataSeed(): number | undefined {
    return this.#options.dataLoader.dataSeed;
  }

  get projectDir(): string | undefined {
    return this.#options.projectDir;
  }

  get loggingDir(): string | undefined {
    return this.#options.loggingDir;
  }

  /** Where the run puts its files; what is not set is left out. `saveIteration` has the number of the next checkpoint. */
  get projectConfiguration(): ProjectConfiguration {
    const { projectDir, loggingDir, automaticCheckpointNaming, totalLimit, iteration } =
      this.#options;
    const all = { projectDir, loggingDir, automaticCheckpointNaming, totalLimit, iteration };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  }
}
