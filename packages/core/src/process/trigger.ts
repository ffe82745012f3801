import type { Collective } from "../collective/collective.ts";

/** A flag that any rank can set and all ranks then see, such as "stop now". */
export class Trigger {
  readonly #flag = new Int32Array(1);

  /** Sets it on this rank, until the next check. */
  set(): void {
    this.#flag[0] = 1;
  }

  /** Whether any rank has set it since the last check; clears it on every rank. Collective. */
  check(collective: Collective): boolean {
    const seen = this.#flag.slice(); // it stays set if the ranks do not meet
    collective.allReduce(seen, "max", "checkTrigger");
    this.#flag[0] = 0;
    return seen[0] !== 0;
  }
}
