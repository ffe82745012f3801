import { LeastRecent } from "./least-recent.ts";

/** Places that are remembered. */
const REMEMBERED = 1024;

/** Foresees from the place that a program has reached whether what follows is worth recording. */
export class Forecast {
  readonly #isHotAfter = new LeastRecent<number, boolean>(REMEMBERED);
  #place = 0;
  /** Whether what follows is expected to be worth recording. */
  isHot = false;

  /** A segment has ended. @param place identifies it. */
  reached(place: number, wasHot: boolean): void {
    this.#isHotAfter.set(this.#place, wasHot);
    this.#place = place;
    this.isHot = this.#isHotAfter.get(place) ?? wasHot;
  }
}
