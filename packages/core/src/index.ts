import { registerModelFiles } from "./model-files/register.ts";

export { Accelerator } from "./accelerator/accelerator.ts";
export type { AcceleratorOptions } from "./accelerator/accelerator-options.ts";
export type { AcceleratorState } from "./accelerator/accelerator-state.ts";
export type {
  DistributedDataParallelOptions,
  PrecisionType,
} from "./accelerator/precision-options.ts";
export type { ProjectConfiguration } from "./accelerator/project-configuration.ts";
export type { BackendName } from "./backend/candidates.ts";
export { registerCpuKernels } from "./backend/cpu/register-cpu-kernels.ts";
export { registerGradients } from "./backend/gradients/register-gradients.ts";
export { hasOwnSizes } from "./backend/kernels/convolution-sizes.ts";
export { computeOnCpu, type KernelTensors } from "./backend/kernels/cpu-kernel.ts";
export type { BackendModule } from "./backend/onnx.ts";
export { openWasm } from "./backend/open-wasm.ts";
export type { Checkpoint, CheckpointSummary } from "./checkpoint/checkpoint.ts";
export type {
  CheckpointPolicy,
  KeepBest,
  SaveStateOptions,
} from "./checkpoint/checkpoint-options.ts";
export type { HookFiles, HookSource, LoadStateHook, SaveStateHook } from "./checkpoint/hooks.ts";
export type { LoadModelOptions } from "./checkpoint/load-weights.ts";
export type { SaveModelOptions } from "./checkpoint/model-weights.ts";
export type { LoadStateOptions } from "./checkpoint/restore-plan.ts";
export type { ReduceOp } from "./collective/collective.ts";
export { type BasicConfigOptions, writeBasicConfig } from "./config/write-config.ts";
export type { NativeResources } from "./context/native-resources.ts";
export { releaseAfterThread } from "./context/release-after-thread.ts";
export { runUninterrupted } from "./context/run-uninterrupted.ts";
export { DataLoader } from "./data/data-loader.ts";
export type { DataLoaderConfiguration } from "./data/data-loader-configuration.ts";
export type { CollateFunction, DataLoaderOptions } from "./data/data-loader-options.ts";
export type { Dataset, IteratorDataset, MapDataset } from "./data/dataset.ts";
export type { LoaderStateDict } from "./data/loader-state-dict.ts";
export type { PreparedDataLoader } from "./data/prepared-data-loader.ts";
export {
  type LengthGroupedOptions,
  LengthGroupedSampler,
} from "./data/samplers/length-grouped-sampler.ts";
export type { Sampler } from "./data/samplers/sampler.ts";
export { SubsetRandomSampler } from "./data/samplers/subset-random-sampler.ts";
export {
  WeightedRandomSampler,
  type WeightedSamplerOptions,
} from "./data/samplers/weighted-random-sampler.ts";
export { skipFirstBatches } from "./data/skip-first-batches.ts";
export type { FitCallback, FitLogs } from "./fit/fit-callback.ts";
export type { FitCallbackOptions } from "./fit/tracker-callback.ts";
export { type AttentionSoftmaxOptions, attentionSoftmax } from "./functions/attention-softmax.ts";
export { type DropoutOptions, dropout } from "./functions/dropout.ts";
export type {
  FusedAttributes,
  FusedInputs,
  FusedKernel,
  FusedKernels,
  FusedOutputs,
} from "./functions/fused-kernel.ts";
export { gelu } from "./functions/gelu.ts";
export { type GruResult, type GruState, gru } from "./functions/gru.ts";
export { layerNorm } from "./functions/layer-norm.ts";
export { type LstmResult, type LstmState, lstm } from "./functions/lstm.ts";
export type { RecurrentWeights } from "./functions/recurrent-layer.ts";
export {
  type SoftmaxCrossEntropyOptions,
  softmaxCrossEntropy,
} from "./functions/softmax-cross-entropy.ts";
export type {
  HostsOptions,
  Transport,
  TransportModule,
  TransportRequest,
  TransportSource,
} from "./hosts/transport.ts";
export { launch } from "./launch/launch.ts";
export type { LaunchMonitor, LaunchOptions } from "./launch/launch-options.ts";
export { LoggerType } from "./logger-type.ts";
export { convertBytes, convertFileSizeToInt, dtypeByteSize } from "./model-sizes/byte-units.ts";
export {
  calculateMaximumSizes,
  computeModuleSizes,
  type MaximumSizes,
} from "./model-sizes/module-sizes.ts";
export type { EpochCollector } from "./operations/epoch-collector.ts";
export {
  concatenate,
  findBatchSize,
  ignorantFindBatchSize,
  listify,
  recursivelyApply,
  sliceTensors,
} from "./operations/structures.ts";
export { DistributedType } from "./process/distributed-type.ts";
export {
  type ExecutableBatchSizeOptions,
  findExecutableBatchSize,
} from "./process/executable-batch-size.ts";
export {
  getLogger,
  type Logger,
  type LoggerOptions,
  type LogLevel,
  type MessageOptions,
} from "./process/logger.ts";
export { PartialState } from "./process/partial-state.ts";
export { type SetSeedOptions, setSeed } from "./process/set-seed.ts";
export { synchronizeRngStates } from "./process/synchronize-rng-states.ts";
export type { PhaseTotals } from "./profile/phase-totals.ts";
export type { ProfileOptions, ProfileSchedule, ProfileTrace } from "./profile/profile-options.ts";
export type { Profiler } from "./profile/profiler.ts";
export { type Progress, type ProgressOptions, progress } from "./progress/progress.ts";
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
export type { Stateful } from "./stateful.ts";
export type {
  LazyBackend,
  StepCapture,
  StepReplay,
  TracedStep,
} from "./step/lazy-backend.ts";
export { recordOutputsFirst } from "./step/second-derivatives.ts";
export type { StepObserver } from "./step/step-observer.ts";
export * from "./tracker.ts";
export type { Loggable } from "./tracker-contract/loggable.ts";
export type { LogWith } from "./trackers/select/log-with.ts";
export type { InitTrackersOptions } from "./trackers/session/init-options.ts";
export type { MonitoringOptions } from "./trackers/session/monitoring-options.ts";
export type { ArtifactOptions } from "./trackers/values/artifact.ts";
export type { LogReduction } from "./trackers/values/combine.ts";
export type { FigureSource, PlotlyFigure, VegaLiteSpec } from "./trackers/values/figure-source.ts";
export {
  figure,
  image,
  type LoggableWithMedia,
  type LoggedImage,
  type TableSource,
  table,
} from "./trackers/values/marked-value.ts";
export {
  type AudioSource,
  audio,
  type CaptionOptions,
  type HtmlSource,
  html,
  type LoggedMedia,
  type VideoSource,
  video,
} from "./trackers/values/media.ts";
export type { LogOptions, ReducedLogOptions } from "./trackers/values/placement.ts";
export type { AcceleratedOptimizer } from "./train/accelerated-optimizer.ts";
export { type AdamWOptimizer, type AdamWOptions, adamW } from "./train/adam-w.ts";
export type { BackwardOptions, LossSource } from "./train/backward.ts";
export { applyFused } from "./train/fused-optimizer.ts";
export type { GradScaler, GradScalerOptions, GradScalerState } from "./train/grad-scaler.ts";
export type { GradientAccumulation } from "./train/gradient-state.ts";
export type { JoinOptions } from "./train/join-uneven-inputs.ts";
export type { LocalSgd, LocalSgdOptions, OuterStep } from "./train/local-sgd.ts";
export type { LoopState } from "./train/loop-state.ts";

registerModelFiles();
