import type { Differentiation } from "../train/differentiate.ts";
import { type FitCallback, fitCallback } from "./fit-callback.ts";

/**
 * Follows where `fit` is, and does between its batches what a prepared loader does between steps: checkpoints of the policy, and those
 * of a signal. It is the last callback: what the others do at the end of a batch belongs to the checkpoint.
 *
 * @param batches of an epoch; undefined if nobody knows before the data ends.
 */
export function checkpointCallback(
  model: object,
  { state, fits }: Differentiation,
  batches: number | undefined,
): FitCallback {
  let done = 0;
  const run = fits.of(model);
  const between = async () => {
    if (run === fits.running) await state.betweenSteps(undefined);
  };
  return fitCallback({
    onEpochBegin: async (epoch) => {
      done = 0;
      run?.beginEpoch(epoch);
    },
    onBatchEnd: async () => {
      done += 1;
      run?.endBatch();
      await between();
      if (done === batches) run?.endData();
    },
    onEpochEnd: between, // a signal during validation
  });
}
