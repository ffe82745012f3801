import { Tensor } from "@tensorflow/tfjs-core";

/** The last logged value of the metric by which checkpoints are kept. */
export class LoggedMetrics {
  readonly #name: string | undefined;
  #last: number | Promise<number> | undefined;
  /** Whether a value of that name was ever logged or given. */
  #isKnown = false;

  /** @param name undefined: nothing is remembered. */
  constructor(name: string | undefined) {
    this.#name = name;
  }

  note(values: Readonly<Record<string, unknown>>): void {
    const value = this.#name === undefined ? undefined : values[this.#name];
    this.#isKnown ||= value !== undefined;
    if (typeof value === "number") this.#last = value;
    else if (value instanceof Tensor && value.size === 1 && !value.isDisposed) {
      const copy = value.clone(); // the step may dispose it before it is read
      this.#last = copy.data().then(([number = Number.NaN]) => {
        copy.dispose();
        return number as number;
      });
    }
  }

  /** A name that is written in another way than the logged one would keep the newest checkpoints, not the best. */
  warnIfUnknown(warn: (message: string) => void): void {
    if (this.#name === undefined || this.#isKnown) return;
    this.#isKnown = true; // said once
    warn(
      `checkpoints.keepBest: no value "${this.#name}" was logged or passed to saveState, so no checkpoint was the best. Log it ` +
        "under this name, or name another metric.",
    );
  }

  /** The last value with those that a save was given, which win. */
  async with(
    given: Readonly<Record<string, number>> = {},
  ): Promise<Readonly<Record<string, number>>> {
    const last = this.#last;
    this.#isKnown ||= this.#name !== undefined && given[this.#name] !== undefined;
    if (this.#name === undefined || last === undefined) return given;
    return { [this.#name]: await last, ...given };
  }
}
