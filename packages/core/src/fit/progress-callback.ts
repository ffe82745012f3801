import { ProgressBar } from "../progress/progress-bar.ts";
import { type FitCallback, fitCallback, numbersOf } from "./fit-callback.ts";

type Course = {
  readonly epochs: number;
  /** Batches of an epoch, if that is known. */
  readonly batches: number | undefined;
  /** Names of the loss and the metrics. */
  readonly names: readonly string[];
};

/** Shows a bar for every epoch on the main process, with the last values and at the end those of the epoch. */
export function progressCallback({ epochs, batches, names }: Course): FitCallback {
  let bar: ProgressBar | undefined;
  let done = 0;
  const validation = names.map((name) => `val_${name}`);
  return fitCallback({
    onEpochBegin: async (epoch) => {
      const description = `epoch ${epoch + 1}/${epochs}`;
      bar = new ProgressBar({ description, total: batches });
      done = 0;
    },
    onBatchEnd: async (_, logs = {}) => {
      done += 1;
      // A lazy backend computes what is pending when a value is read: only where one is shown.
      if (!bar?.isDue) return;
      bar.postfix(numbersOf(logs, names));
      bar.update(done);
    },
    onEpochEnd: async (_, logs = {}) => {
      bar?.postfix(numbersOf(logs, [...names, ...validation]));
      bar?.finish(done);
    },
  });
}
