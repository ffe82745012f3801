import { checkOptions } from "../options/check-options.ts";
import type { OptionRules } from "../options/option-rule.ts";
import { type FitCallback, type FitLogs, fitCallback, numbersOf } from "./fit-callback.ts";

export type FitCallbackOptions = {
  /**
   * `"epoch"`, the default, logs after every epoch, with the epoch as the step. `"batch"`, or a number of batches, also
   * logs batches, as `batch_loss` and so on; the step of everything is then the number of batches trained.
   */
  readonly updateFreq?: "epoch" | "batch" | number;
};

const RULES: OptionRules<FitCallbackOptions> = {
  updateFreq: { anyOf: [{ oneOf: ["epoch", "batch"] }, { integerFrom: 1 }] },
};

/** Batches that the call of `fit` had trained when it was interrupted; 0 if it begins. */
type TrainedBefore = () => number;

type Log = (values: Record<string, number>, options: { readonly step: number }) => void;

/** A callback of `fit` that logs losses and metrics; every instance counts its own batches. */
export function trackerCallback(
  log: Log,
  trainedBefore: TrainedBefore,
  options: FitCallbackOptions,
): FitCallback {
  checkOptions("fitCallback", options, RULES);
  const every = batchesPerLog(options.updateFreq ?? "epoch");
  let batches = 0;
  return fitCallback({
    onTrainBegin: async () => {
      batches += trainedBefore();
    },
    onBatchEnd: async (_, logs = {}) => {
      batches += 1;
      if (every === undefined || batches % every !== 0) return;
      const values = numbersOf(logs, namesOf(logs));
      log(prefixed("batch_", values), { step: batches });
    },
    onEpochEnd: async (epoch, logs = {}) => {
      log(numbersOf(logs, namesOf(logs)), { step: every === undefined ? epoch : batches });
    },
  });
}

/** What tfjs says of a batch besides its values. */
const OTHERS: readonly string[] = ["batch", "size"];

function namesOf(logs: FitLogs): string[] {
  return Object.keys(logs).filter((name) => !OTHERS.includes(name));
}

function prefixed(prefix: string, values: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]));
}

/** @returns undefined if batches are not logged. */
function batchesPerLog(updateFreq: "epoch" | "batch" | number): number | undefined {
  if (updateFreq === "epoch") return undefined;
  return updateFreq === "batch" ? 1 : updateFreq;
}
