import type { PreparedDataLoader } from "../data/prepared-data-loader.ts";
import { AcceleratorError, messageOf } from "../errors.ts";
import type { AcceleratedScheduler, SavedScheduler } from "../schedule/accelerated-scheduler.ts";
import type { GradScaler, GradScalerState } from "../train/grad-scaler.ts";
import type { GradientState } from "../train/gradient-state.ts";
import type { RestorePlan } from "./restore-plan.ts";

/** Where the accumulation of gradients is, in state.json. */
export type SavedAccumulation = {
  readonly step: number;
  readonly syncGradients: boolean;
  readonly numSteps: number;
  readonly samplesSeen: number;
};

export function saveAccumulation(state: GradientState): SavedAccumulation {
  const { step, syncGradients, samplesConsumed: samplesSeen, accumulation } = state;
  return { step, syncGradients, samplesSeen, numSteps: accumulation.numSteps };
}

export function planAccumulation(
  saved: SavedAccumulation,
  state: GradientState,
  plan: RestorePlan,
): void {
  const { numSteps } = state.accumulation;
  if (numSteps !== saved.numSteps) {
    plan.notices.push(
      `gradientAccumulationSteps is ${numSteps}, and was ${saved.numSteps} when the checkpoint was written; it stays ${numSteps}.`,
    );
  }
  const { step, syncGradients, samplesSeen } = saved;
  plan.commits.push(() => {
    Object.assign(state, { step, syncGradients, samplesSeen, updateDue: false });
  });
}

/** The scaler goes on as it was saved, if there is one now. */
export function planScaler(
  saved: GradScalerState | undefined,
  scaler: GradScaler | undefined,
  plan: RestorePlan,
): void {
  if (saved && !scaler)
    plan.notices.push("the checkpoint has a gradScaler, and there is none now.");
  if (!saved && scaler) {
    plan.notices.push(`the checkpoint has no gradScaler; the scale begins with ${scaler.scale}.`);
  }
  plan.commits.push(() => scaler?.loadStateDict(saved ?? scaler.stateDict()));
}

/**
 * Plans to load schedulers, by their order, after the accumulation.
 *
 * @param batches samples in a step of all replicas, then and now; undefined if unknown.
 */
export function planSchedulers(
  saved: readonly SavedScheduler[],
  schedulers: readonly AcceleratedScheduler[],
  batches: { readonly saved: number | undefined; readonly now: number | undefined },
  plan: RestorePlan,
): void {
  plan.requireCount("scheduler", saved.length, schedulers.length);
  for (const [i, scheduler] of schedulers.entries()) {
    const one = saved[i];
    if (!one) continue;
    const { unit, processSteps } = scheduler.counting;
    const { counting } = one;
    if (unit !== counting.unit) {
      plan.mismatch(
        "CHECKPOINT_MODEL_MISMATCH",
        `the unit of scheduler ${i} is "${unit}", and was "${counting.unit}".`,
      );
    } else if (
      unit === "processes" &&
      processSteps !== counting.processSteps &&
      batches.saved !== batches.now
    ) {
      plan.mismatch(
        "CHECKPOINT_MODEL_MISMATCH",
        `scheduler ${i} counts in processes: one call moved it ${counting.processSteps} step(s), and now ${processSteps}, with ` +
          `${batches.saved ?? "?"} samples in a step then and ${batches.now ?? "?"} now, so the learning rate would follow ` +
          'another curve. Keep the global batch, or use schedulerUnit: "samples" or "optimizerSteps".',
      );
    }
    requireFit(scheduler, one, i);
    plan.commits.push(() => scheduler.restore(one));
  }
}

/** @throws {AcceleratorError} `CHECKPOINT_DAMAGED` for what is no state of such a schedule. */
function requireFit({ scheduler }: AcceleratedScheduler, { state }: SavedScheduler, i: number) {
  try {
    scheduler.checkState?.(state);
  } catch (error) {
    throw new AcceleratorError(
      "CHECKPOINT_DAMAGED",
      `loadState: the state of scheduler ${i} in the checkpoint cannot be loaded: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

/** Samples that all replicas take in a step of the first loader; undefined if unknown. */
export function globalBatchOf(loaders: readonly PreparedDataLoader<unknown>[]): number | undefined {
  const size = loaders[0]?.totalBatchSize;
  return size === undefined || Number.isNaN(size) ? undefined : size;
}
