import type { Collective } from "../collective/collective.ts";
import type { Layer } from "../train/find-variables.ts";
import { originalMethod, replaceMethod } from "../train/replaced-methods.ts";
import { agreeOnFit, fitFacts } from "./agree-on-fit.ts";
import { batchesOf, DatasetOfRankZero } from "./dataset-of-rank-zero.ts";
import { joinCallbacks } from "./fit-callback.ts";
import { type FitContext, optimizerOf } from "./fit-context.ts";
import { callbacksOf, fitLoop } from "./fit-loop.ts";
import { FitSource } from "./fit-source.ts";
import {
  type BatchFunction,
  type FitArgs,
  type FitDataset,
  type FittableModel,
  isFittable,
} from "./layers-model.ts";
import { quietInReplay } from "./quiet-in-replay.ts";
import { runFit } from "./run-fit.ts";
import { samplesOf, sizeOf, testShare, trainShare } from "./shared-batches.ts";

/**
 * Makes `fit`, `fitDataset` and `trainOnBatch` of prepared tf.layers models train on all replicas: every replica makes
 * the call, with the whole data, and takes its share of each batch. `evaluate` and `predict` stay as they are.
 */
export function shareFit(layers: readonly Layer[], context: FitContext): void {
  for (const layer of layers) {
    if (!isFittable(layer)) continue;
    if ("model" in layer || isSequential(layer)) shareSequential(layer, context);
    else shareModel(layer, context);
  }
}

function isSequential(layer: Layer): boolean {
  return (layer as { getClassName?(): string }).getClassName?.() === "Sequential";
}

/** `compile` of a sequential model makes a model inside anew, and the training methods call those of that one. */
function shareSequential(model: FittableModel, context: FitContext): void {
  if (model.model) shareModel(model.model, context);
  const compile = originalMethod(model, "compile");
  replaceMethod(model, "compile", (options: object) => {
    compile.call(model, options);
    if (model.model) shareModel(model.model, context);
  });
}

function shareModel(model: FittableModel, context: FitContext): void {
  const { collective } = context;
  const original = {
    fit: originalMethod(model, "fit"),
    fitDataset: originalMethod(model, "fitDataset"),
    trainOnBatch: originalMethod(model, "trainOnBatch"),
    fitLoop: originalMethod(model, "fitLoop"),
    evaluateDataset: originalMethod(model, "evaluateDataset"),
    makeTrainFunction: originalMethod(model, "makeTrainFunction"),
  };
  const methods: Partial<FittableModel> = {
    async fit(x, y, args = {}) {
      if (!optimizerOf(model, "fit", context)) return original.fit.call(model, x, y, args);
      agreeOnFit("fit", args, collective, x);
      return runFit(model, fitFacts("fit", model, args, x), args, context, (run) => {
        const callbacks = quietInReplay(joinCallbacks(args.callbacks, []), run);
        return original.fit.call(model, x, y, {
          ...{ ...args, initialEpoch: run.initialEpoch },
          ...(callbacks[0] ? { callbacks } : {}),
        });
      });
    },
    async fitDataset(dataset, args) {
      const optimizer = optimizerOf(model, "fitDataset", context);
      if (!optimizer || !args) return original.fitDataset.call(model, dataset, args);
      agreeOnFit("fitDataset", args, collective);
      const batches = args.batchesPerEpoch ?? dataset.size;
      return runFit(model, fitFacts("fitDataset", model, args), args, context, (run) => {
        const added = callbacksOf(
          model,
          args,
          { shown: batches, exact: args.batchesPerEpoch },
          context,
        );
        const source = new FitSource(ofRankZero(dataset, collective), run, args);
        return original.fitDataset.call(model, source, {
          ...{ ...args, verbose: 0, initialEpoch: run.initialEpoch },
          callbacks: [...quietInReplay(joinCallbacks(args.callbacks, []), run), ...added],
          ...validationOf(args, collective),
        });
      });
    },
    async trainOnBatch(x, y) {
      if (optimizerOf(model, "trainOnBatch", context))
        agreeOnFit("trainOnBatch", {}, collective, x);
      return original.trainOnBatch.call(model, x, y);
    },
    makeTrainFunction() {
      const optimizer = optimizerOf(model, "fit", context);
      if (!optimizer) return original.makeTrainFunction.call(model);
      const train = trainShare(model, optimizer, context.training, collective);
      const next: BatchFunction = (data) =>
        train(sizeOf(data), (start, end) => samplesOf(data, start, end));
      return (data) => context.training.fits.of(model)?.next(() => next(data)) ?? next(data);
    },
    fitLoop: (...args) => fitLoop(model, original.fitLoop, args, context),
    async evaluateDataset(dataset, args) {
      if (!(dataset instanceof DatasetOfRankZero)) {
        return original.evaluateDataset.call(model, dataset, args);
      }
      // The validation of fitDataset. An `evaluateDataset` of the user is a call of one replica.
      const shared: FittableModel = Object.create(model);
      shared.makeTestFunction = () => {
        Object.getPrototypeOf(model).makeTestFunction.call(shared);
        shared.testFunction = testShare(shared.testFunction, collective);
      };
      return original.evaluateDataset.call(shared, dataset, args);
    },
  };
  for (const [name, method] of Object.entries(methods)) replaceMethod(model, name, method);
}

function ofRankZero(dataset: FitDataset, collective: Collective): FitDataset {
  return collective.worldSize === 1 ? dataset : new DatasetOfRankZero(dataset, collective);
}

/** The validation data of `fitDataset`, also tensors, as a dataset whose batches are shared out. */
function validationOf(args: FitArgs, collective: Collective): Partial<FitArgs> {
  const { validationData, validationBatchSize = 32 } = args;
  if (!validationData || collective.worldSize === 1) return {};
  if ("iterator" in validationData)
    return { validationData: ofRankZero(validationData, collective) };
  const [xs, ys] = validationData;
  return { validationData: ofRankZero(batchesOf(xs, ys, validationBatchSize), collective) };
}
