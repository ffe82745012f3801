import { readText, writeText } from "./shared-text.ts";

/** Cells of a rank: what it does, which of its headers describes the call, and the line of the script. */
const STATE = 0;
const HEADER_SET = 1;
const SITE = 2;
const SITE_CELLS = 100;
const CELLS_PER_RANK = SITE + SITE_CELLS;
/** The end of a longer one says more. */
const LONGEST_SITE = 2 * (SITE_CELLS - 1);

const STATES = ["began", "waits", "runs"] as const;

/** Where a rank stands. */
export type RankPlace = {
  /** It waits in a collective, runs after one, or has been in none yet. */
  readonly state: (typeof STATES)[number];
  /** When that began, in ms since 1970; 0 before the first collective. */
  readonly since: number;
  /** Which of its two headers describes its last call. */
  readonly headerSet: number;
  /** The line of the script that made the call, such as `train.ts:31:20`; empty if nobody has looked. */
  readonly site: string;
};

export function placesBytes(worldSize: number): number {
  return worldSize * (Float64Array.BYTES_PER_ELEMENT + 4 * CELLS_PER_RANK);
}

/** Shared memory in which every rank notes where it stands, for the host to tell when asked. */
export class RankPlaces {
  readonly #times: Float64Array;
  readonly #cells: Int32Array;

  constructor(buffer: SharedArrayBuffer, worldSize: number) {
    this.#times = new Float64Array(buffer, 0, worldSize);
    this.#cells = new Int32Array(buffer, this.#times.byteLength);
  }

  /** A rank begins to wait for the others, in the call that this header of it describes. */
  enter(rank: number, headerSet: number): void {
    this.#times[rank] = Date.now();
    this.#cells[rank * CELLS_PER_RANK + HEADER_SET] = headerSet;
    this.#setState(rank, "waits");
  }

  /** It waits no longer. */
  exit(rank: number): void {
    this.#times[rank] = Date.now();
    this.#setState(rank, "runs");
  }

  /** The site of the call that a rank makes; empty for one that is not known. */
  setSite(rank: number, site: string): void {
    writeText(
      this.#cells,
      rank * CELLS_PER_RANK + SITE,
      SITE_CELLS,
      site.length > LONGEST_SITE ? `…${site.slice(1 - LONGEST_SITE)}` : site,
    );
  }

  read(rank: number): RankPlace {
    const start = rank * CELLS_PER_RANK;
    return {
      state: STATES[Atomics.load(this.#cells, start + STATE)] ?? "began",
      since: this.#times[rank] ?? 0,
      headerSet: this.#cells[start + HEADER_SET] ?? 0,
      site: readText(this.#cells, start + SITE),
    };
  }

  #setState(rank: number, state: RankPlace["state"]): void {
    Atomics.store(this.#cells, rank * CELLS_PER_RANK + STATE, STATES.indexOf(state));
  }
}
