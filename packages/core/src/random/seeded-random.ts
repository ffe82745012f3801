import { AsyncLocalStorage } from "node:async_hooks";
import { mixSeeds } from "./mix-bits.ts";
import { Random } from "./random.ts";

/** The purposes of seeds: draws of one kind do not change those of another. */
const [THREAD, RANK, SAMPLE] = [1, 2, 3];

/** The seeds of this thread. */
export type Seeds = {
  /** The user's seed, the same on every rank. */
  readonly seed: number;
  /** The seed of `Math.random`: the user's, or one for each rank if it is to differ. */
  readonly threadSeed: number;
  readonly rank: number;
};

type State = {
  /** `Math.random` of this thread before it was seeded. */
  readonly unseeded: () => number;
  isInstalled: boolean;
  seeds: Seeds | undefined;
  /** How many times seeds were set. */
  version: number;
  /** The current generator of `Math.random`; undefined if it is not seeded. */
  current: Random | undefined;
  /** The generator for draws that must differ from rank to rank. */
  ofRank: Random | undefined;
  /** The generator for reading one sample: samples are read concurrently, in any order. */
  readonly ofSample: AsyncLocalStorage<Random>;
};

const KEY = Symbol.for("acc.random"); // on globalThis: two copies of this package share the thread's Math.random
const store = globalThis as { [KEY]?: State };

function state(): State {
  store[KEY] ??= {
    ...{ unseeded: Math.random, isInstalled: false, seeds: undefined, version: 0 },
    ...{ current: undefined, ofRank: undefined },
    ofSample: new AsyncLocalStorage(),
  };
  return store[KEY];
}

/** From now on `Math.random` of this thread returns the sequence of the seeds, from its start. */
export function seedThread(seeds: Seeds): void {
  const random = state();
  random.seeds = seeds;
  random.version += 1;
  random.current = new Random(mixSeeds(THREAD, seeds.threadSeed));
  random.ofRank = new Random(mixSeeds(RANK, seeds.seed, seeds.rank));
  install();
}

/** The seeds of this thread and how far its generators have come. */
export type RandomState = {
  readonly seeds: Seeds;
  /** Of `Math.random`. */
  readonly thread: readonly number[];
  /** Of draws that differ from rank to rank. */
  readonly ofRank: readonly number[];
};

/** Undefined if this thread is not seeded. */
export function randomState(): RandomState | undefined {
  const { seeds, current, ofRank } = state();
  return seeds && current && ofRank && { seeds, thread: current.state, ofRank: ofRank.state };
}

/** Goes on where a thread was. A thread with these seeds keeps them: what was drawn from them stays valid. */
export function restoreRandom(saved: RandomState): void {
  const { seeds } = state();
  const { seed, threadSeed, rank } = saved.seeds;
  const isSame = seeds?.seed === seed && seeds.threadSeed === threadSeed && seeds.rank === rank;
  if (!isSame) seedThread(saved.seeds);
  const { current, ofRank } = state();
  if (current) current.state = saved.thread;
  if (ofRank) ofRank.state = saved.ofRank;
}

/**
 * The state of a rank that did not exist when the state of another rank was saved: its own draws begin anew, in a way
 * that depends on the checkpoint; those that are equal on all ranks stay equal.
 */
export function randomStateForNewRank(
  { seeds, thread }: RandomState,
  rank: number,
  checkpointId: string,
): RandomState {
  const { seed } = seeds;
  const own = state().seeds;
  const isDeviceSpecific = seeds.threadSeed !== seed || (own && own.threadSeed !== own.seed);
  const salt = [...checkpointId].map((letter) => letter.charCodeAt(0));
  const derived = (purpose: number) => new Random(mixSeeds(purpose, seed, rank, ...salt)).state;
  return {
    seeds: { seed, rank, threadSeed: isDeviceSpecific ? seed + rank : seed },
    thread: isDeviceSpecific ? derived(THREAD) : thread,
    ofRank: derived(RANK),
  };
}

/** Replaces `Math.random` with our generator, unless that was done already. */
function install(): void {
  const random = state();
  if (random.isInstalled) return;
  random.isInstalled = true;
  Math.random = () => {
    const source = random.ofSample.getStore() ?? random.current;
    return source ? source.nextFloat() : random.unseeded();
  };
}

/** The seed that the user set in this thread; undefined if none was set. */
export function userSeed(): number | undefined {
  return state().seeds?.seed;
}

/** How many times this thread was seeded: numbers drawn earlier belong to an earlier seed. */
export function timesSeeded(): number {
  return state().version;
}

/** Runs `draw`, whose random numbers are to differ from rank to rank. */
export function drawForRank<T>(draw: () => T): T {
  return drawFrom(state().ofRank, draw);
}

/** Runs `draw` without advancing the seeded `Math.random`, because these draws are not part of the user's program. */
export function drawUnseeded<T>(draw: () => T): T {
  return drawFrom(undefined, draw);
}

function drawFrom<T>(source: Random | undefined, draw: () => T): T {
  const random = state();
  const { current } = random;
  random.current = source;
  try {
    return draw();
  } finally {
    random.current = current;
  }
}

/**
 * The seed for reading a sample: its random numbers do not depend on the thread that reads it, or on what else that
 * thread does. Undefined if this thread is not seeded.
 *
 * @param passSeed the seed of the pass that reads it.
 */
export function sampleSeed(passSeed: number, sample: number): number | undefined {
  const seed = userSeed();
  return seed === undefined ? undefined : mixSeeds(SAMPLE, seed, passSeed, sample);
}

/** Runs `read`, also across its awaits, with the random numbers of a sample, in any thread. */
export function readWith<T>(seed: number | undefined, read: () => T): T {
  return seed === undefined ? read() : readFrom(new Random(seed), read);
}

/** Random numbers of one sequence that is made item by item; other draws do not change them. */
export class SequenceRandom {
  readonly #random: Random | undefined;

  /** @param seed undefined: draws are those of the thread. */
  constructor(seed: number | undefined) {
    this.#random = seed === undefined ? undefined : new Random(seed);
  }

  /** Runs `make`, also across its awaits, with these numbers. */
  run<T>(make: () => T): T {
    return this.#random ? readFrom(this.#random, make) : make();
  }

  /** From where it goes on; undefined without a seed. */
  get state(): readonly number[] | undefined {
    return this.#random?.state;
  }

  restore(state: readonly number[] | undefined): void {
    if (this.#random && state) this.#random.state = state;
  }
}

function readFrom<T>(random: Random, read: () => T): T {
  install();
  return state().ofSample.run(random, read);
}
