import type { BackendName } from "./backend/candidates.ts";
import {
  type DataLoaderConfiguration,
  type ResolvedDataLoaderConfiguration,
  resolveDataLoaderConfiguration,
} from "./data/data-loader-configuration.ts";
import { AcceleratorError } from "./errors.ts";
import { type ProjectConfiguration, resolveProjectConfiguration } from "./project-configuration.ts";
import type { SchedulerUnit } from "./schedule/accelerated-scheduler.ts";
import type { LogWith } from "./trackers/log-with.ts";
import type { GradientAccumulation } from "./train/gradient-state.ts";

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
  /** False: every call of a prepared scheduler is one step of it; the unit is then `"calls"`. Default true. */
  readonly stepSchedulerWithOptimizer?: boolean;
  /** How far one call of a prepared scheduler moves it. Default `"processes"`, as in Accelerate. */
  readonly schedulerUnit?: SchedulerUnit;
};

export type ResolvedAcceleratorOptions = {
  readonly backend: BackendName;
  readonly accumulation: GradientAccumulation;
  readonly dataLoader: ResolvedDataLoaderConfiguration;
  readonly logWith: LogWith | readonly LogWith[] | undefined;
  readonly projectDir: string | undefined;
  readonly loggingDir: string | undefined;
  readonly schedulerUnit: SchedulerUnit;
};

/** Fills defaults. @throws {AcceleratorError} `OPTION_INVALID`. */
export function resolveAcceleratorOptions(options: AcceleratorOptions): ResolvedAcceleratorOptions {
  const { backend = "auto", logWith } = options;
  return {
    backend,
    accumulation: resolveAccumulation(options),
    dataLoader: resolveDataLoaderConfiguration(options.dataLoaderConfiguration),
    logWith,
    ...resolveProjectConfiguration(
      {
        ...(options.loggingDir ? { loggingDir: options.loggingDir } : {}),
        ...options.projectConfiguration,
      },
      options.projectDir,
    ),
    schedulerUnit: resolveSchedulerUnit(options),
  };
}

function resolveSchedulerUnit({
  schedulerUnit,
  stepSchedulerWithOptimizer = true,
}: AcceleratorOptions): SchedulerUnit {
  const unit = schedulerUnit ?? (stepSchedulerWithOptimizer ? "processes" : "calls");
  if (SCHEDULER_UNITS.includes(unit)) return unit;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `schedulerUnit must be one of ${SCHEDULER_UNITS.join(", ")}, got ${String(unit)}.`,
  );
}

const SCHEDULER_UNITS: readonly SchedulerUnit[] = [
  "processes",
  "optimizerSteps",
  "samples",
  "calls",
];

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
