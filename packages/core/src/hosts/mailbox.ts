/** What the replicas of a host ask its thread that speaks to other hosts to do. */
export type Command =
  /** Exchange the headers that ranks have written, the set with this number. */
  | { readonly kind: "meet"; readonly headerSet: number }
  /** Reduce slots over all hosts; addresses and bytes. */
  | ({ readonly kind: "reduce" } & ReduceCommand)
  /** Bring so many bytes of the wire from a host to all. */
  | { readonly kind: "broadcast"; readonly sizeBytes: number; readonly fromHost: number }
  /** Bring the parts of all ranks to all hosts: of what each rank has, so many bytes from here. */
  | { readonly kind: "gather"; readonly from: number; readonly partBytes: number };

export type ReduceCommand = {
  /** Address of the slot for the sum of the hosts before; those of the ranks of this host follow. */
  readonly base: number;
  readonly stride: number;
  readonly sizeBytes: number;
  readonly chunkBytes: number;
};

const KINDS = ["meet", "reduce", "broadcast", "gather"] as const;

/** Cells. All count from the start of the run and wrap around: nobody need know when another one begins anew. */
const WAKE = 0;
const ASKED = 1;
export const FINISHED = 2;
/** Chunks for which the sum of the hosts before is there, and those for which the result is. */
export const PREFIXES = 3;
export const RESULTS = 4;
const ENDING = 5;
const REDUCED = 6;
const NUMBERS = 5;
const NUMBER_BYTES = NUMBERS * Float64Array.BYTES_PER_ELEMENT;

export function mailboxBytes(replicas: number): number {
  return NUMBER_BYTES + (REDUCED + replicas) * Int32Array.BYTES_PER_ELEMENT;
}

/** Shared memory between the replicas of a host and its thread that speaks to other hosts. */
export class Mailbox {
  readonly cells: Int32Array;
  /** A command: addresses go up to 4 GiB, which is more than a cell holds. */
  readonly #numbers: Float64Array;
  readonly #replicas: number;

  constructor(buffer: SharedArrayBuffer, replicas: number) {
    this.#numbers = new Float64Array(buffer, 0, NUMBERS);
    this.cells = new Int32Array(buffer, NUMBER_BYTES);
    this.#replicas = replicas;
  }

  /** One replica posts for all. The thread has begun the command before, and may still be in it. */
  post(command: Command): void {
    this.#numbers.set(numbersOf(command));
    Atomics.add(this.cells, ASKED, 1);
    this.wake();
  }

  /** The command behind the one that was finished last, if there is one. */
  next(): Command | undefined {
    if (Atomics.load(this.cells, ASKED) === Atomics.load(this.cells, FINISHED)) return undefined;
    return commandOf([...this.#numbers]);
  }

  /** Moves a counter for which replicas may wait. */
  advance(counter: typeof FINISHED | typeof PREFIXES | typeof RESULTS): void {
    Atomics.add(this.cells, counter, 1);
    Atomics.notify(this.cells, counter);
  }

  /** A replica has reduced its share of one more chunk. */
  noteReduced(replica: number): void {
    Atomics.add(this.cells, REDUCED + replica, 1);
    this.wake();
  }

  /**
   * Chunks that all replicas have reduced, beyond the first `before`. A common counter would let a fast replica stand for a slow
   * one.
   */
  reducedSince(before: number): number {
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.#replicas; i++)
      least = Math.min(least, (Atomics.load(this.cells, REDUCED + i) - before) | 0);
    return least;
  }

  /** All replicas of this host have ended well. */
  end(): void {
    Atomics.store(this.cells, ENDING, 1);
    this.wake();
  }

  get isEnding(): boolean {
    return Atomics.load(this.cells, ENDING) !== 0;
  }

  wake(): void {
    Atomics.add(this.cells, WAKE, 1);
    Atomics.notify(this.cells, WAKE);
  }

  /** Sleeps, but not beyond a call of `wake` since `seen` was read. */
  sleep(seen: number, ms: number): void {
    Atomics.wait(this.cells, WAKE, seen, ms);
  }

  /** How often the thread was woken. */
  get wakes(): number {
    return Atomics.load(this.cells, WAKE);
  }
}

function numbersOf(command: Command): number[] {
  const kind = KINDS.indexOf(command.kind);
  switch (command.kind) {
    case "meet":
      return [kind, command.headerSet];
    case "reduce":
      return [kind, command.base, command.stride, command.sizeBytes, command.chunkBytes];
    case "broadcast":
      return [kind, command.sizeBytes, command.fromHost];
    default:
      return [kind, command.from, command.partBytes];
  }
}

function commandOf([code = 0, a = 0, b = 0, c = 0, d = 0]: readonly number[]): Command {
  const kind = KINDS[code];
  switch (kind) {
    case "reduce":
      return { kind, base: a, stride: b, sizeBytes: c, chunkBytes: d };
    case "broadcast":
      return { kind, sizeBytes: a, fromHost: b };
    case "gather":
      return { kind, from: a, partBytes: b };
    default:
      return { kind: "meet", headerSet: a };
  }
}
