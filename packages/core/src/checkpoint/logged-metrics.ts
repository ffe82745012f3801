import { Tensor } from "@tensorflow/tfjs-core";

/** The last logged value of the metric by which checkpoints are kept. */
export class LoggedMetrics {
  readonly #name: string | undefined;
  #last: number | Promise<number> | undefined;

  /** @param name undefined: nothing is remembered. */
  constructor(name: string | undefined) {
    this.#name = name;
  }

  note(values: Readonly<Record<string, unknown>>): void {
    const value = this.#name === undefined ? undefined : values[this.#name];
    if (typeof value === "number") this.#last = value;
    else if (value instanceof Tensor && value.size === 1 && !value.isDisposed) {
      const copy = value.clone(); // the step may dispose it before it is read
      this.#last = copy.data().then(([number = Number.NaN]) => {
        copy.dispose();
        return number as number;
      });
    }
  }

  /** The last value with those that a save was given, which win. */
  async with(
    given: Readonly<Record<string, number>> = {},
  ): Promise<Readonly<Record<string, number>>> {
    const last = this.#last;
    if (this.#name === undefined || last === undefined) return given;
    return { [this.#name]: await last, ...given };
  }
}
