import type { Collective } from "../collective/collective.ts";
import type { PreparedDataLoader } from "../data/prepared-data-loader.ts";
import { AcceleratorError } from "../errors.ts";
import { checkOptions } from "../options/check-options.ts";
import type { OptionRules } from "../options/option-rule.ts";
import type { Differentiation } from "./differentiate.ts";
import { requireKnownSlots, shareState } from "./last-state.ts";
import type { PreparedObjects } from "./prepare.ts";
import { UnevenTurns } from "./uneven-turns.ts";

export type JoinOptions = {
  /**
   * Replaces `evenBatches` of all prepared loaders that read by index, until `body` is over. With false no sample is
   * repeated, and replicas make different numbers of steps.
   */
  readonly evenBatches?: boolean;
};

const RULES: OptionRules<JoinOptions> = { evenBatches: "boolean" };

type Target = {
  readonly training: Differentiation;
  readonly collective: Collective;
  readonly made: PreparedObjects;
};

/**
 * Runs `body`, whose loops may be shorter on some ranks. A rank that is done takes part in the exchanges of the others
 * with zero gradients, and at the end gets the state of the rank that trained longest.
 *
 * @param models prepared, one or a list.
 */
export async function joinUnevenInputs<T>(
  models: object,
  options: JoinOptions,
  body: () => T,
  { training, collective, made }: Target,
): Promise<Awaited<T>> {
  checkOptions("joinUnevenInputs", options, RULES);
  if (typeof body !== "function") {
    throw new AcceleratorError("OPTION_INVALID", "joinUnevenInputs: the body must be a function.");
  }
  for (const model of Array.isArray(models) ? models : [models]) training.unsynced.find(model);
  const { state } = training;
  if (state.uneven) {
    throw new AcceleratorError(
      "STATE_INVALID",
      "joinUnevenInputs: one is running already. They cannot be inside each other.",
    );
  }
  const restore = replaceEvenBatches(made.loaders, options.evenBatches, collective.rank);
  try {
    for (const { optimizer } of made.optimizers) requireKnownSlots(optimizer);
    const turns = new UnevenTurns(training, collective);
    const { syncEachBatch } = state.accumulation;
    // It would exchange in the middle of a window, where the windows of the ranks are not at the same place.
    state.accumulation = { ...state.accumulation, syncEachBatch: false };
    state.uneven = turns;
    try {
      const result = await body();
      if (collective.worldSize === 1) return result;
      const { rank, isEqual } = await turns.followOthers();
      await shareState({ training, collective, made }, rank, isEqual);
      return result;
    } finally {
      state.uneven = undefined;
      state.accumulation = { ...state.accumulation, syncEachBatch };
    }
  } finally {
    restore();
  }
}

/** @returns a function that gives the loaders what they had. */
function replaceEvenBatches(
  loaders: readonly PreparedDataLoader<unknown>[],
  evenBatches: boolean | undefined,
  rank: number,
): () => void {
  if (evenBatches === undefined) return () => {};
  if (rank === 0 && loaders.some((loader) => !loader.readsByIndex)) {
    process.emitWarning(
      "joinUnevenInputs: evenBatches changes only loaders that read samples by index, not streams and loaders with dispatchBatches.",
      "AcceleratorWarning",
    );
  }
  const before = loaders.map((loader) => [loader, loader.evenBatches] as const);
  for (const loader of loaders) loader.evenBatches = evenBatches;
  return () => {
    for (const [loader, value] of before) loader.evenBatches = value;
  };
}
