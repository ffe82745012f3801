import { lowerBound, NumberList } from "./number-list.ts";

/** The points of one key, in the order in which they were logged. Lists of the same length. */
export class Points {
  readonly steps: NumberList = new NumberList();
  /** Milliseconds since 1970. */
  readonly times: NumberList = new NumberList();
  readonly values: NumberList = new NumberList();
  readonly sequences: NumberList = new NumberList();
  /** Indexes of the first points that another process has logged. */
  readonly resumedAt: number[] = [];
  /** Counts what was taken away again: what was computed before does not fit any more. */
  edition = 0;

  get length(): number {
    return this.values.length;
  }

  get bytes(): number {
    return [this.steps, this.times, this.values, this.sequences].reduce(
      (sum, { bytes }) => sum + bytes,
      0,
    );
  }

  add(sequence: number, step: number, timeMs: number, value: number): void {
    this.steps.push(step);
    this.times.push(timeMs);
    this.values.push(value);
    this.sequences.push(sequence);
  }

  /** Moves what was logged from a sequence on to other points. @returns whether there is any. */
  moveFrom(sequence: number, others: Points): boolean {
    return this.#moveBehind(lowerBound(this.sequences, sequence), () => true, others);
  }

  /** Moves what has a step from `step` on; steps need not be in order. */
  moveSteps(step: number, others: Points): boolean {
    let first = 0;
    while (first < this.length && this.steps.get(first) < step) first += 1;
    return this.#moveBehind(first, (index) => this.steps.get(index) >= step, others);
  }

  #moveBehind(first: number, isMoved: (index: number) => boolean, others: Points): boolean {
    const { length } = this;
    if (first >= length) return false;
    if (others.length > 0) others.resumedAt.push(others.length);
    const kept: (readonly [number, number, number, number])[] = [];
    for (let i = first; i < length; i++) {
      const point = [
        ...[this.sequences.get(i), this.steps.get(i), this.times.get(i), this.values.get(i)],
      ] as unknown as readonly [number, number, number, number];
      if (isMoved(i)) others.add(...point);
      else kept.push(point);
    }
    for (const list of [this.steps, this.times, this.values, this.sequences]) list.truncate(first);
    for (const point of kept) this.add(...point);
    while ((this.resumedAt.at(-1) ?? -1) >= this.length) this.resumedAt.pop();
    this.edition += 1;
    return true;
  }
}
