import type { BackendName } from "../backend/candidates.ts";
import {
  type CheckpointPolicy,
  checkFolder,
  checkPolicy,
  requirePlace,
} from "../checkpoint/checkpoint-options.ts";
import type { HalfFormat } from "../collective/half-precision.ts";
import type { Keeping } from "../context/tracker-request.ts";
import {
  type DataLoaderConfiguration,
  type ResolvedDataLoaderConfiguration,
  resolveDataLoaderConfiguration,
} from "../data/data-loader-configuration.ts";
import { checkOptions, type ForeignNames } from "../options/check-options.ts";
import type { OptionRules } from "../options/option-rule.ts";
import type { SchedulerUnit } from "../schedule/accelerated-scheduler.ts";
import { resolveKeeping } from "../trackers/select/keep-runs.ts";
import type { LogWith } from "../trackers/select/log-with.ts";
import { type GradScalerOptions, resolveGradScaler } from "../train/grad-scaler.ts";
import type { GradientAccumulation } from "../train/gradient-state.ts";
import { type AccumulationOptions, resolveAccumulation } from "./accumulation-options.ts";
import {
  type DistributedDataParallelOptions,
  type PrecisionType,
  requireFloat32,
  resolveCommHook,
} from "./precision-options.ts";
import {
  type ProjectConfiguration,
  type ResolvedProject,
  resolveProjectConfiguration,
} from "./project-configuration.ts";

export type AcceleratorOptions = AccumulationOptions & {
  /**
   * Where tensors live; by default the first backend that works. The first `await accelerator.prepare(…)` starts it. Until
   * then TensorFlow.js computes on the backend that it has, which under plain `node` may be `cpu`; a replica of `acc launch` begins
   * with the one of `"auto"`. Tensors made before are moved when they are used.
   */
  readonly backend?: BackendName;
  readonly dataLoaderConfiguration?: DataLoaderConfiguration;
  /** Trackers: names, `"all"`, own instances, or a list that mixes them. */
  readonly logWith?: LogWith | readonly LogWith[];
  /** Root of the project's files. */
  readonly projectDir?: string;
  /** Where trackers write; `projectDir` by default. */
  readonly loggingDir?: string;
  /** Both directories in one object; it wins over `projectDir` and `loggingDir`. */
  readonly projectConfiguration?: ProjectConfiguration;
  /**
   * Whether the folder of a run, with all values that were logged, stays when the run has ended well: for `acc ui` and
   * `acc runs`. Default: if there is a `projectDir`. `true` is the same as `"local"` in `logWith`.
   */
  readonly keepRuns?: boolean;
  /** When checkpoints are written by themselves, and which are kept. */
  readonly checkpoints?: CheckpointPolicy;
  /**
   * The checkpoint that `loadState()` loads: its folder, or `"latest"` for the newest complete one of the project, if there is
   * one.
   */
  readonly resumeFromCheckpoint?: string;
  /** If false, each call of a prepared scheduler advances it by one step: the unit is then `"calls"`. Default true. */
  readonly stepSchedulerWithOptimizer?: boolean;
  /** How far one call of a prepared scheduler advances it. Default `"processes"`, as in Accelerate. */
  readonly schedulerUnit?: SchedulerUnit;
  /**
   * Batch normalisation layers use the statistics of all replicas, as one replica does with the whole batch; every
   * call of such a layer is an exchange. Default false: the statistics of their own replica. Steps with such layers
   * are not replayed by `compileStep`.
   */
  readonly syncBatchNorm?: boolean;
  /** Only `"no"`, the default: the backends compute in float32. Other precisions are `PRECISION_UNSUPPORTED`. */
  readonly mixedPrecision?: PrecisionType;
  /** How gradients come to the other replicas. */
  readonly distributedDataParallel?: DistributedDataParallelOptions;
  /** Scales losses, and skips steps whose gradients are infinite or NaN; `{}` for the defaults. Without it there is none. */
  readonly gradScaler?: GradScalerOptions;
};

export type ResolvedAcceleratorOptions = {
  readonly backend: BackendName;
  readonly accumulation: GradientAccumulation;
  readonly dataLoader: ResolvedDataLoaderConfiguration;
  readonly logWith: LogWith | readonly LogWith[] | undefined;
  readonly keeping: Keeping | undefined;
  readonly schedulerUnit: SchedulerUnit;
  readonly syncBatchNorm: boolean;
  readonly commHook: HalfFormat | undefined;
  readonly gradScaler: Required<GradScalerOptions> | undefined;
  readonly checkpoints: CheckpointPolicy;
  readonly resumeFromCheckpoint: string | undefined;
} & ResolvedProject;

const RULES: OptionRules<AcceleratorOptions> = {
  backend: "string",
  gradientAccumulationSteps: { integerFrom: 1 },
  gradientAccumulationPlugin: "object",
  dataLoaderConfiguration: "object",
  logWith: "any",
  projectDir: "path",
  loggingDir: "path",
  projectConfiguration: "object",
  keepRuns: "boolean",
  checkpoints: "object",
  resumeFromCheckpoint: "string",
  stepSchedulerWithOptimizer: "boolean",
  schedulerUnit: { oneOf: ["processes", "optimizerSteps", "samples", "calls"] },
  syncBatchNorm: "boolean",
  mixedPrecision: "any",
  distributedDataParallel: "object",
  gradScaler: "object",
};

const SHARING =
  "it belongs to dataLoaderConfiguration: { evenBatches, splitBatches, dispatchBatches, dataSeed }";
const PROCESSES =
  "it is an option of launch: launch(script, { numProcesses }), acc launch --num-processes";

const FOREIGN_NAMES: ForeignNames = {
  evenBatches: SHARING,
  splitBatches: SHARING,
  dispatchBatches: SHARING,
  dataloaderConfig: 'did you mean "dataLoaderConfiguration"?',
  projectConfig: 'did you mean "projectConfiguration"?',
  logDir: 'did you mean "loggingDir"?',
  numSteps: 'did you mean "gradientAccumulationSteps"?',
  cpu: 'use backend: "cpu" or another backend',
  device: 'use backend, such as "onnx" or "wasm"',
  devicePlacement: "use backend: tensors live where it computes",
  commHook: "it belongs to distributedDataParallel: { commHook }",
  dynamoBackend: "use accelerator.compileStep(step)",
  dynamoPlugin: "use accelerator.compileStep(step)",
  automaticCheckpointNaming: "it belongs to projectConfiguration: { automaticCheckpointNaming }",
  totalLimit: "it belongs to projectConfiguration: { totalLimit }",
  rngTypes: "rank 0's seed of a DataLoader is used on every rank, so leave it out",
  kwargsHandlers:
    "options are plain objects where they are used, such as launch(script, { timeoutMs })",
  useSeedableSampler: SHARING,
  dataSeed: SHARING,
  numProcesses: PROCESSES,
  numWorkers: PROCESSES,
};

/** Fills defaults. @throws {AcceleratorError} `OPTION_INVALID`. */
export function resolveAcceleratorOptions(options: AcceleratorOptions): ResolvedAcceleratorOptions {
  checkOptions("Accelerator", options, RULES, FOREIGN_NAMES);
  const { backend = "auto", logWith } = options;
  requireFloat32(options.mixedPrecision);
  const project = resolveProjectConfiguration(
    {
      ...(options.loggingDir === undefined ? {} : { loggingDir: options.loggingDir }),
      ...options.projectConfiguration,
    },
    options.projectDir,
  );
  // `acc launch --resume` goes on with the run whatever the script says: it may have been started again by itself.
  const resumeFromCheckpoint = process.env.ACC_RESUME ?? options.resumeFromCheckpoint;
  checkFolder("resumeFromCheckpoint", resumeFromCheckpoint);
  const checkpoints = checkPolicy(options.checkpoints ?? {});
  requirePlace(checkpoints, project);
  return {
    backend,
    accumulation: resolveAccumulation(options),
    dataLoader: resolveDataLoaderConfiguration(options.dataLoaderConfiguration),
    logWith,
    ...project,
    keeping: resolveKeeping(logWith, options.keepRuns, project.projectDir),
    schedulerUnit: resolveSchedulerUnit(options),
    syncBatchNorm: options.syncBatchNorm ?? false,
    commHook: resolveCommHook(options.distributedDataParallel),
    gradScaler: resolveGradScaler(options.gradScaler),
    checkpoints,
    resumeFromCheckpoint,
  };
}

function resolveSchedulerUnit({
  schedulerUnit,
  stepSchedulerWithOptimizer = true,
}: AcceleratorOptions): SchedulerUnit {
  return schedulerUnit ?? (stepSchedulerWithOptimizer ? "processes" : "calls");
}
