import type { Optimizer, Scalar, Tensor, Variable } from "@tensorflow/tfjs-core";
import type { Layer } from "../train/find-variables.ts";
import type { FitCallback } from "./fit-callback.ts";

/** Tensors of the inputs, then of the targets, then weights of samples, `null` where an output has none. */
export type BatchTensors = readonly (Tensor | null)[];

/** Computes the loss and the metrics of one batch. */
export type BatchFunction = (data: BatchTensors) => Scalar[];

/** Inputs or targets as `fit` takes them. */
export type FitData = Tensor | readonly Tensor[] | { readonly [name: string]: Tensor };

/** What `fitDataset` reads: a `tf.data.Dataset`, or an object like it. */
export type FitDataset = {
  readonly size?: number;
  iterator(): Promise<{ next(): Promise<{ value: unknown; done: boolean }> }>;
};

/** The options of `fit` and `fitDataset` that are used here. */
export type FitArgs = {
  readonly batchSize?: number;
  readonly epochs?: number;
  readonly initialEpoch?: number;
  readonly verbose?: number;
  readonly shuffle?: boolean | string;
  readonly callbacks?: unknown;
  readonly validationSplit?: number;
  readonly validationData?: readonly [FitData, FitData] | FitDataset;
  readonly batchesPerEpoch?: number;
  readonly validationBatchSize?: number;
  readonly validationBatches?: number;
};

/**
 * The members of a `tf.LayersModel` that training needs (tfjs-layers 4.22, `engine/training.ts`). `makeTrainFunction`,
 * `fitLoop` and `stopTraining_` are not documented: a model without them is trained with a loop.
 */
export type FittableModel = Layer & {
  readonly optimizer: Optimizer | undefined;
  readonly metricsNames: readonly string[];
  readonly stateful?: boolean;
  stopTraining: boolean;
  readonly stopTraining_?: boolean;
  /** Of a `tf.Sequential`: does the work. */
  readonly model?: FittableModel;
  compile(options: object): void;
  fit(x: FitData, y: FitData, args?: FitArgs): Promise<unknown>;
  fitDataset(dataset: FitDataset, args: FitArgs): Promise<unknown>;
  trainOnBatch(x: FitData, y: FitData): Promise<unknown>;
  evaluateDataset(dataset: FitDataset, args?: object): Promise<unknown>;
  makeTrainFunction(): BatchFunction;
  makeTestFunction(): void;
  testFunction: BatchFunction;
  fitLoop(...args: FitLoopArguments): Promise<unknown>;
};

/** The arguments of `fitLoop`, in order. */
export type FitLoopArguments = [
  train: BatchFunction,
  data: BatchTensors,
  labels: readonly string[],
  batchSize: number,
  epochs: number | undefined,
  verbose: number | undefined,
  callbacks: FitCallback[],
  test: BatchFunction | null,
  validation: BatchTensors,
  shuffle: boolean | string | undefined,
  ...rest: unknown[],
];

/** The optimizer of a model as the function of a train step uses it. */
export type StepOptimizer = {
  minimize(loss: () => Scalar, returnCost: boolean, variables: Variable[]): Scalar;
};

/** A tf.layers model that `fit` of a group can train. */
export function isFittable(layer: Layer): layer is FittableModel {
  const { fit, fitLoop, makeTrainFunction } = layer as Partial<FittableModel>;
  return [fit, fitLoop, makeTrainFunction].every((method) => typeof method === "function");
}
