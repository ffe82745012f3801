export { Accelerator } from "./accelerator.ts";
export type { AcceleratorOptions } from "./accelerator-options.ts";
export type { BackendName } from "./backend/candidates.ts";
export type { ReduceOp } from "./collective/collective.ts";
export { DataLoader } from "./data/data-loader.ts";
export type { DataLoaderConfiguration } from "./data/data-loader-configuration.ts";
export type { CollateFunction, DataLoaderOptions } from "./data/data-loader-options.ts";
export type { Dataset, IteratorDataset, MapDataset } from "./data/dataset.ts";
export type { PreparedDataLoader } from "./data/prepared-data-loader.ts";
export { AcceleratorError, type ErrorCode } from "./errors.ts";
export { type AttentionSoftmaxOptions, attentionSoftmax } from "./functions/attention-softmax.ts";
export { type DropoutOptions, dropout } from "./functions/dropout.ts";
export { gelu } from "./functions/gelu.ts";
export { type GruResult, type GruState, gru } from "./functions/gru.ts";
export { layerNorm } from "./functions/layer-norm.ts";
export { type LstmResult, type LstmState, lstm } from "./functions/lstm.ts";
export type { RecurrentWeights } from "./functions/recurrent-layer.ts";
export {
  type SoftmaxCrossEntropyOptions,
  softmaxCrossEntropy,
} from "./functions/softmax-cross-entropy.ts";
export { launch } from "./host/launch.ts";
export type { LaunchOptions } from "./host/launch-options.ts";
export { LoggerType } from "./logger-type.ts";
export { PartialState } from "./process/partial-state.ts";
export { type Progress, type ProgressOptions, progress } from "./progress/progress.ts";
export type { ProjectConfiguration } from "./project-configuration.ts";
export type { AcceleratedScheduler, SchedulerUnit } from "./schedule/accelerated-scheduler.ts";
export { LambdaScheduler } from "./schedule/lambda-scheduler.ts";
export { type OneCycleOptions, OneCycleScheduler } from "./schedule/one-cycle-scheduler.ts";
export { type PlateauOptions, PlateauScheduler } from "./schedule/plateau-scheduler.ts";
export type {
  LearningRateScheduler,
  ScheduledOptimizer,
  SchedulerState,
} from "./schedule/scheduler.ts";
export { type StepOptions, StepScheduler } from "./schedule/step-scheduler.ts";
export {
  ConstantScheduler,
  type CosineOptions,
  CosineScheduler,
  type DecayOptions,
  LinearScheduler,
  type WarmupOptions,
} from "./schedule/warmup-schedulers.ts";
export type { ArtifactOptions } from "./trackers/artifact.ts";
export { GeneralTracker } from "./trackers/general-tracker.ts";
export type {
  ArtifactData,
  FinishStatus,
  ImageData,
  LogContext,
  LogValue,
  LogValues,
  RunConfig,
  TableData,
} from "./trackers/log-value.ts";
export type { LogWith } from "./trackers/log-with.ts";
export type { Loggable } from "./trackers/loggable.ts";
export { image, type LoggableWithMedia, type TableSource, table } from "./trackers/media.ts";
export type { LogOptions } from "./trackers/placement.ts";
export { PostingTracker } from "./trackers/posting-tracker.ts";
export { registerTracker } from "./trackers/registry.ts";
export type { DeliveredEvent, TrackerEvent } from "./trackers/tracker-event.ts";
export type {
  TrackerInitOptions,
  TrackerLogOptions,
  TrackerState,
} from "./trackers/tracker-options.ts";
export type { TrackerCreation, TrackerPlugin, TrackerRun } from "./trackers/tracker-plugin.ts";
export type { InitTrackersOptions } from "./trackers/tracker-session.ts";
export { TrackerUnreachableError } from "./trackers/tracker-unreachable-error.ts";
export type { AcceleratedOptimizer } from "./train/accelerated-optimizer.ts";
export { type AdamWOptimizer, type AdamWOptions, adamW } from "./train/adam-w.ts";
export type { BackwardOptions, LossSource } from "./train/backward.ts";
export { applyFused } from "./train/fused-optimizer.ts";
export type { GradientAccumulation } from "./train/gradient-state.ts";
export { type NativeResources, releaseAfterThread } from "./worker/native-resources.ts";
export { runUninterrupted } from "./worker/run-uninterrupted.ts";
