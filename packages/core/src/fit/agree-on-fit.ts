import { Tensor } from "@tensorflow/tfjs-core";
import type { Collective } from "../collective/collective.ts";
import { differenceIn, type Facts } from "../collective/facts.ts";
import { AcceleratorError } from "../errors.ts";
import type { FitFacts } from "../train/fit-run.ts";
import type { FitArgs, FitData, FittableModel } from "./layers-model.ts";

/**
 * Checks that all ranks are about to train alike. Collective.
 *
 * @param x the inputs, if they are given at once.
 * @throws {AcceleratorError} `OPTION_INVALID` on every rank.
 */
export function agreeOnFit(call: string, args: FitArgs, collective: Collective, x?: FitData): void {
  if (collective.worldSize === 1) return;
  const { batchSize = 32, epochs, initialEpoch, shuffle = true, batchesPerEpoch } = args;
  const { validationSplit, validationData, validationBatches } = args;
  const facts: Facts = {
    "the number of samples": samplesIn(x),
    ...{ batchSize, epochs, initialEpoch, shuffle, batchesPerEpoch, validationSplit },
    validationBatches,
    "validationData given": validationData !== undefined && validationData !== null,
    "the number of validation samples": Array.isArray(validationData)
      ? samplesIn(validationData[0])
      : undefined,
  };
  const difference = differenceIn(collective.allGatherObject(facts, `${call}: options`));
  if (difference === undefined) return;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `${call}: the replicas are about to train differently: ${difference}. Every replica passes the whole data and the ` +
      "same options; each takes its share of every batch.",
  );
}

/** What a call must have alike to go on where another one was interrupted. */
export function fitFacts(
  call: string,
  { metricsNames }: FittableModel,
  { batchSize = 32, shuffle = true, validationSplit, batchesPerEpoch }: FitArgs,
  x?: FitData,
): FitFacts {
  return {
    ...{ call, "the number of samples": samplesIn(x), validationSplit, batchesPerEpoch },
    ...(x === undefined ? {} : { batchSize, shuffle }),
    "the loss and the metrics": metricsNames.join(", "),
  };
}

function samplesIn(x: FitData | undefined): number | undefined {
  const first = x instanceof Tensor ? x : Object.values(x ?? {})[0];
  return first instanceof Tensor ? first.shape[0] : undefined;
}
