import type { BackendName } from "./backend/select-backend.ts";
import { AcceleratorError } from "./errors.ts";
import { type ProjectConfiguration, resolveProjectConfiguration } from "./project-configuration.ts";
import type { LogWith } from "./trackers/log-with.ts";
import type { GradientAccumulation } from "./train/gradient-state.ts";

/** How prepared loaders share out their data. */
export type DataLoaderConfiguration = {
  /** Complete the last round of batches, so that every replica makes the same number of steps. Default true. */
  readonly evenBatches?: boolean;
};

export type AcceleratorOptions = {
  /** Where tensors live; by default the first backend that works. */
  readonly backend?: BackendName;
  /** Backward passes per optimizer step. Default 1. */
  readonly gradientAccumulationSteps?: number;
  /** The same with its details; not together with `gradientAccumulationSteps`. */
  readonly gradientAccumulationPlugin?: Partial<GradientAccumulation>;
  readonly dataLoaderConfiguration?: DataLoaderConfiguration;
  /** Trackers: names, `"all"`, own instances, or a list that mixes them. */
  readonly logWith?: LogWith | readonly LogWith[];
  /** Root of the project's files. */
  readonly projectDir?: string;
  /** Where trackers write; `projectDir` by default. */
  readonly loggingDir?: string;
  /** Both directories in one object; it wins over `projectDir` and `loggingDir`. */
  readonly projectConfiguration?: ProjectConfiguration;
  /** One call of a scheduler makes one raw step per replica. Default true, as in Accelerate. */
  readonly stepSchedulerWithOptimizer?: boolean;
};

export type ResolvedAcceleratorOptions = {
  readonly backend: BackendName;
  readonly accumulation: GradientAccumulation;
  readonly evenBatches: boolean;
  readonly logWith: LogWith | readonly LogWith[] | undefined;
  readonly projectDir: string | undefined;
  readonly loggingDir: string | undefined;
  readonly stepSchedulerWithOptimizer: boolean;
};

/** Fills defaults. @throws {AcceleratorError} `OPTION_INVALID`. */
export function resolveAcceleratorOptions(options: AcceleratorOptions): ResolvedAcceleratorOptions {
  const { backend = "auto", dataLoaderConfiguration, logWith } = options;
  const { evenBatches = true } = dataLoaderConfiguration ?? {};
  const { stepSchedulerWithOptimizer = true } = options;
  return {
    backend,
    accumulation: resolveAccumulation(options),
    evenBatches,
    logWith,
    ...resolveProjectConfiguration(
      {
        ...(options.loggingDir ? { loggingDir: options.loggingDir } : {}),
        ...options.projectConfiguration,
      },
      options.projectDir,
    ),
    stepSchedulerWithOptimizer,
  };
}

function resolveAccumulation(options: AcceleratorOptions): GradientAccumulation {
  const { gradientAccumulationSteps: steps = 1, gradientAccumulationPlugin: plugin } = options;
  if (plugin && steps !== 1) {
    throw new AcceleratorError(
      "OPTION_INVALID",
      `gradientAccumulationSteps is ${steps} and gradientAccumulationPlugin is given too; pass one of them.`,
    );
  }
  const { numSteps = steps, syncWithDataloader = true, syncEachBatch = false } = plugin ?? {};
  return { numSteps: requireSteps(numSteps), syncWithDataloader, syncEachBatch };
}

/** @throws {AcceleratorError} `OPTION_INVALID` unless `steps` is an integer of at least 1. */
export function requireSteps(steps: number): number {
  if (Number.isInteger(steps) && steps >= 1) return steps;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `gradientAccumulationSteps must be an integer of at least 1, got ${steps}.`,
  );
}
