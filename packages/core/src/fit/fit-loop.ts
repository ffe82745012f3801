import { gather, type Tensor, tensor1d, zeros } from "@tensorflow/tfjs-core";
import type { FitRun } from "../train/fit-run.ts";
import { checkpointCallback } from "./checkpoint-callback.ts";
import { EpochOrder } from "./epoch-order.ts";
import type { FitCallback } from "./fit-callback.ts";
import { type FitContext, optimizerOf } from "./fit-context.ts";
import type { BatchTensors, FitArgs, FitLoopArguments, FittableModel } from "./layers-model.ts";
import { progressCallback } from "./progress-callback.ts";
import { sizeOf, testShare, trainShare } from "./shared-batches.ts";
import { stopCallback } from "./stop-callback.ts";

/** The loop of `fit`, in which every rank gathers only its own samples. */
export function fitLoop(
  model: FittableModel,
  original: FittableModel["fitLoop"],
  args: FitLoopArguments,
  context: FitContext,
): Promise<unknown> {
  const [train, data, labels, batchSize, epochs, verbose, callbacks, test, validation, shuffle] =
    args;
  const rest = args.slice(10);
  const { collective, training } = context;
  const optimizer = optimizerOf(model, "fit", context);
  if (!optimizer) return original.call(model, ...args);
  const numSamples = sizeOf(data);
  const batches = Math.ceil(numSamples / batchSize);
  const own = callbacksOf(
    model,
    { epochs: epochs ?? 1, verbose: verbose ?? 1 },
    { shown: batches, exact: batches },
    context,
  );
  const all = [...callbacks, ...own];
  // What tfjs does not implement stays its error.
  if (typeof shuffle === "string") {
    return original.call(
      ...([model, train, data, labels, batchSize, epochs, 0, all, test, validation] as const),
      ...[shuffle, ...rest],
    );
  }
  const run = training.fits.of(model) as FitRun;
  const order = new EpochOrder(numSamples, shuffle ?? true, { collective, run });
  const step = trainShare(model, optimizer, training, collective);
  const trainNext = (batch: BatchTensors) => {
    const indices = order.take(sizeOf(batch));
    return run.next(() =>
      step(indices.length, (start, end) => gatherSamples(data, indices.subarray(start, end))),
    );
  };
  // tfjs takes batches of these places, in their order.
  const places = zeros([numSamples], "int32");
  return original
    .call(
      ...([model, trainNext, [places], labels, batchSize, epochs, 0, all] as const),
      ...[test && testShare(test, collective), validation, false, ...rest],
    )
    .finally(() => places.dispose());
}

function gatherSamples(data: BatchTensors, indices: Int32Array): BatchTensors {
  const rows = tensor1d(indices, "int32");
  return data.map((tensor) => tensor && gather(tensor as Tensor, rows));
}

/** The callbacks that every training has, besides those of the user. */
export function callbacksOf(
  model: FittableModel,
  { epochs = 1, verbose = 1 }: FitArgs,
  batches: {
    /** For the progress bar. */
    readonly shown: number | undefined;
    /** Undefined if nobody knows before the data ends. */
    readonly exact: number | undefined;
  },
  { collective, training }: FitContext,
): FitCallback[] {
  const { shown } = batches;
  const total = shown !== undefined && Number.isFinite(shown) ? shown : undefined;
  return [
    ...(verbose > 0
      ? [progressCallback({ epochs, batches: total, names: model.metricsNames })]
      : []),
    ...(collective.worldSize > 1 ? [stopCallback(model, collective)] : []),
    checkpointCallback(model, training, batches.exact),
  ];
}
