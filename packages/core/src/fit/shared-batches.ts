import { type Scalar, scalar, slice, type Tensor, tidy } from "@tensorflow/tfjs-core";
import type { Collective } from "../collective/collective.ts";
import { AcceleratorError } from "../errors.ts";
import type { AcceleratedOptimizer } from "../train/accelerated-optimizer.ts";
import type { Differentiation } from "../train/differentiate.ts";
import { originalMethod } from "../train/replaced-methods.ts";
import { withoutRows } from "../train/sync-batch-normalization.ts";
import { shareOf } from "./batch-share.ts";
import type { BatchFunction, BatchTensors, FittableModel, StepOptimizer } from "./layers-model.ts";

/** Gives the samples from `start` to `end` of a batch. */
type TakeSamples = (start: number, end: number) => BatchTensors;

/** Trains on a batch of which every rank takes its share. */
export type TrainShare = (size: number, take: TakeSamples) => Scalar[];

/**
 * Makes the train step of a model: each rank computes its share of a batch, and gradients, loss and metrics become those of
 * the whole batch. With one replica the share is the batch, and nothing is read.
 */
export function trainShare(
  model: FittableModel,
  optimizer: AcceleratedOptimizer,
  { state }: Differentiation,
  collective: Collective,
): TrainShare {
  const { rank, worldSize } = collective;
  let weight = 1;
  const own: StepOptimizer = {
    minimize: (loss, _, variables) => optimizer.minimizeShare(loss, variables, weight),
  };
  const compute = originalMethod(model, "makeTrainFunction").call(
    Object.create(model, { optimizer_: { value: own } }),
  );
  return (size, take) => {
    collective.supervision.clock.countBatch();
    if (state.depth === 0) state.samplesSeen += size; // a loop over a loader counts them itself
    if (state.accumulation.numSteps > 1) state.advance([]);
    if (worldSize === 1) return compute(take(0, size));
    const { start, end } = shareOf(requireSamples(size), rank, worldSize);
    weight = ((end - start) * worldSize) / size;
    // A rank without a sample takes any: it must meet the others, in layers that do and in the exchange of gradients.
    const run = () =>
      start < end ? compute(take(start, end)) : withoutRows(() => compute(take(0, 1)));
    return tidy(() => combine(run(), (end - start) / size, collective, "fit"));
  };
}

/** The same for the function that evaluates a batch. */
export function testShare(compute: BatchFunction, collective: Collective): BatchFunction {
  const { rank, worldSize } = collective;
  if (worldSize === 1) return compute;
  return (data) => {
    const size = sizeOf(data);
    const { start, end } = shareOf(requireSamples(size), rank, worldSize);
    // As in training, a rank without a sample takes any; its values do not count.
    const own = start < end ? samplesOf(data, start, end) : samplesOf(data, 0, 1);
    return combine(compute(own), (end - start) / size, collective, "fit: validation");
  };
}

function requireSamples(size: number): number {
  if (size > 0) return size;
  throw new AcceleratorError(
    "DATA_INVALID",
    "fit: a batch has no samples, so there is nothing that the replicas could share. Leave empty batches out of the " +
      "dataset; one replica would get NaN from them.",
  );
}

/** The number of samples. */
export function sizeOf(data: BatchTensors): number {
  return (data[0] as Tensor).shape[0] as number;
}

/** Consecutive samples; the tensors themselves if these are all. */
export function samplesOf(data: BatchTensors, start: number, end: number): BatchTensors {
  if (start === 0 && end === sizeOf(data)) return data;
  return data.map((tensor) => tensor && slice(tensor, start, end - start));
}

/** Means over the samples of all ranks, of which this one has a share. Disposes the values. Collective. */
function combine(
  values: readonly Scalar[],
  share: number,
  collective: Collective,
  call: string,
): Scalar[] {
  const sums = Float32Array.from(values, (value) =>
    share === 0 ? 0 : share * (value.dataSync()[0] as number),
  );
  for (const value of values) value.dispose(); // metrics are kept
  collective.allReduce(sums, "sum", call);
  return Array.from(sums, (sum) => scalar(sum));
}
