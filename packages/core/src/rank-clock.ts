/** Cells of each rank; counters wrap around. */
const CELLS = {
  batches: 0,
  /** Microseconds, without what is still going on. */
  waiting: 1,
  loading: 2,
  /** Since when it goes on, in milliseconds of `Date.now()` modulo 2³²; 0: it does not. */
  waitingSince: 3,
  loadingSince: 4,
} as const;
const CELLS_PER_RANK = 5;

/** Bytes of the clocks of `worldSize` ranks. */
export function clockBytes(worldSize: number): number {
  return CELLS_PER_RANK * worldSize * Int32Array.BYTES_PER_ELEMENT;
}

/** What a rank has done so far; only good for differences, as numbers wrap around at 2³². */
export type ClockReading = {
  readonly batches: number;
  readonly waitingUs: number;
  readonly loadingUs: number;
};

/** How a rank spends its time, in shared memory: the rank writes it, and any thread reads it. Nothing here waits. */
export class RankClock {
  readonly #cells: Int32Array;
  readonly #start: number;

  constructor(buffer: SharedArrayBuffer, rank: number) {
    this.#cells = new Int32Array(buffer);
    this.#start = CELLS_PER_RANK * rank;
  }

  /** With what goes on at this moment: a wait may take minutes. */
  read(): ClockReading {
    return {
      batches: this.#load("batches"),
      waitingUs: this.#load("waiting") + this.#elapsedUs("waitingSince"),
      loadingUs: this.#load("loading") + this.#elapsedUs("loadingSince"),
    };
  }

  /** A batch of the script's loop begins. */
  countBatch(): void {
    this.#add("batches", 1);
  }

  /** Adds the time of `run`, in which the rank is blocked until the others come. */
  timeWaiting<T>(run: () => T): T {
    const start = performance.now();
    this.#store("waitingSince", Date.now() | 1);
    try {
      return run();
    } finally {
      this.#store("waitingSince", 0);
      this.#add("waiting", (performance.now() - start) * 1000);
    }
  }

  /** Adds the time of `run`, which makes a batch, without what it waits for other ranks. */
  async timeLoading<T>(run: () => Promise<T>): Promise<T> {
    const start = performance.now();
    const waited = this.#load("waiting");
    this.#store("loadingSince", Date.now() | 1);
    try {
      return await run();
    } finally {
      this.#store("loadingSince", 0);
      const waitedUs = (this.#load("waiting") - waited) >>> 0;
      this.#add("loading", Math.max(0, (performance.now() - start) * 1000 - waitedUs));
    }
  }

  #elapsedUs(since: "waitingSince" | "loadingSince"): number {
    const begun = this.#load(since);
    return begun === 0 ? 0 : Math.max(0, ((Date.now() >>> 0) - begun) | 0) * 1000;
  }

  #load(cell: keyof typeof CELLS): number {
    return Atomics.load(this.#cells, this.#start + CELLS[cell]) >>> 0;
  }

  #store(cell: keyof typeof CELLS, value: number): void {
    Atomics.store(this.#cells, this.#start + CELLS[cell], value);
  }

  #add(cell: keyof typeof CELLS, value: number): void {
    Atomics.add(this.#cells, this.#start + CELLS[cell], Math.round(value));
  }
}

let own: SharedArrayBuffer | undefined;

/** The clock of a script that runs without a launcher, as its only rank. */
export function ownClock(): SharedArrayBuffer {
  own ??= new SharedArrayBuffer(clockBytes(1));
  return own;
}
