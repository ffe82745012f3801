import { NumberList } from "./number-list.ts";

/**
 * The exponential moving average of all values that came so far, each weighted less by the factor `weight` for every later one. It
 * starts without bias: that of a constant is the constant. NaN and infinities stay what they are and change nothing else.
 */
export class Smoothed {
  readonly values: NumberList = new NumberList();
  readonly #weight: number;
  readonly #isLog: boolean;
  #sum = 0;
  #weights = 0;

  /** @param isLog smooths the logarithms; what has none is NaN. */
  constructor(weight: number, isLog: boolean) {
    this.#weight = weight;
    this.#isLog = isLog;
  }

  /** Takes the values that were added to the list since the last call. */
  extend(list: NumberList): void {
    for (let i = this.values.length; i < list.length; i++)
      this.values.push(this.#next(list.get(i)));
  }

  #next(value: number): number {
    if (!Number.isFinite(value)) return value;
    if (this.#isLog && value <= 0) return Number.NaN;
    const weight = this.#weight;
    this.#sum = this.#sum * weight + (this.#isLog ? Math.log(value) : value);
    this.#weights = this.#weights * weight + 1;
    const mean = this.#sum / this.#weights;
    return this.#isLog ? Math.exp(mean) : mean;
  }
}
