import type { FitFacts, FitRun } from "../train/fit-run.ts";
import type { FitContext } from "./fit-context.ts";
import type { FitArgs } from "./layers-model.ts";

/** Runs a call of `fit` or `fitDataset`, which goes on where the checkpoint that was loaded was written in it. */
export async function runFit(
  model: object,
  facts: FitFacts,
  { initialEpoch = 0, epochs = 1 }: FitArgs,
  { training: { fits } }: FitContext,
  train: (run: FitRun) => Promise<unknown>,
): Promise<unknown> {
  const run = fits.begin(model, facts, initialEpoch, epochs);
  try {
    return await train(run);
  } finally {
    fits.end(run);
  }
}
