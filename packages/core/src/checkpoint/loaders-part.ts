import type { LoaderStateDict } from "../data/loader-state-dict.ts";
import type { PreparedDataLoader } from "../data/prepared-data-loader.ts";
import { AcceleratorError } from "../errors.ts";
import type { RestorePlan } from "./restore-plan.ts";

/**
 * Plans to load the loaders, by their order.
 *
 * @throws {AcceleratorError} `CHECKPOINT_DATA_CHANGED` if a dataset is another one.
 */
export function planLoaders(
  saved: readonly LoaderStateDict[],
  loaders: readonly PreparedDataLoader<unknown>[],
  plan: RestorePlan,
): void {
  if (saved.length !== loaders.length) {
    plan.mismatch(
      "CHECKPOINT_DATA_CHANGED",
      `the checkpoint has ${saved.length} data loader(s), and ${loaders.length} are prepared.`,
    );
  }
  for (const [i, loader] of loaders.entries()) {
    const state = saved[i];
    if (!state || !fits(loader, state, plan)) continue;
    plan.commits.push(() => loader.loadStateDict(state));
  }
}

function fits(
  loader: PreparedDataLoader<unknown>,
  state: LoaderStateDict,
  plan: RestorePlan,
): boolean {
  try {
    loader.requireFit(state);
    return true;
  } catch (error) {
    if (!(error instanceof AcceleratorError)) throw error;
    if (error.code === "OPTION_INVALID") {
      throw new AcceleratorError("CHECKPOINT_DAMAGED", error.message, { cause: error });
    }
    if (error.code !== "CHECKPOINT_DATA_CHANGED") throw error;
    plan.mismatch(error.code, error.message);
    return false;
  }
}
