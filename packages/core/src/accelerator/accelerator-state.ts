import { DistributedType } from "../process/distributed-type.ts";
import { PartialState } from "../process/partial-state.ts";
import { LoopState } from "../train/loop-state.ts";
import type { ResolvedAcceleratorOptions } from "./accelerator-options.ts";
import type { AcceleratorParts } from "./accelerator-parts.ts";
import type { ProjectConfiguration } from "./project-configuration.ts";

/** The members of the accelerator that say how it is configured, and where its loops are. They can only be read. */
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

  /** Whether new loaders pad their last round; `evenBatches` of a prepared one says what it does. */
  get evenBatches(): boolean {
    return this.#options.dataLoader.evenBatches;
  }

  /** Whether `batchSize` of new loaders counts over all replicas. */
  get splitBatches(): boolean {
    return this.#options.dataLoader.splitBatches;
  }

  /** Whether rank 0 reads for all replicas; undefined: it does for streams. */
  get dispatchBatches(): boolean | undefined {
    return this.#options.dataLoader.dispatchBatches;
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
