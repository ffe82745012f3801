/** Random trainings that stop and go on, on one thread: every replica is read alone, with what rank 0 sent to it. */
import type * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import * as assert from "uvu/assert";
import { SingleProcess } from "../../src/collective/single-process.ts";
import { GroupSeed } from "../../src/data/group-seed.ts";
import { PreparedDataLoader } from "../../src/data/prepared-data-loader.ts";
import { shuffledIndices } from "../../src/data/samplers/shuffled-indices.ts";
import { DataLoader, type LoaderStateDict } from "../../src/index.ts";
import { GradientState } from "../../src/train/gradient-state.ts";
import { DATASETS, samplerOf } from "./fixtures/resumable-datasets.ts";

process.removeAllListeners("warning"); // one for each change of the global batch

const STREAMS = ["stream", "sized", "stateful iterator", "stateful dataset", "tf.data"] as const;
const SEED = 11;

/** One process: its number of replicas, its batch size, and where it stops. */
type Life = {
  readonly worldSize: number;
  /** Samples of a replica in a step. */
  readonly share: number;
  readonly steps: number;
  /** A batch that the loop was given and did not train on is not consumed. */
  readonly stopsAtTop: boolean;
  readonly prefetch: number;
  readonly dispatches: boolean;
};

export type Case = {
  readonly kind: "list" | "rows" | "sampler" | "stateful sampler" | (typeof STREAMS)[number];
  readonly length: number;
  readonly shuffle: boolean;
  readonly dropLast: boolean;
  readonly evenBatches: boolean;
  readonly splits: boolean;
  readonly trains: boolean;
  readonly lives: readonly Life[];
};

const life = fc.record({
  worldSize: fc.integer({ min: 1, max: 4 }),
  share: fc.integer({ min: 1, max: 4 }),
  steps: fc.integer({ min: 0, max: 4 }),
  stopsAtTop: fc.boolean(),
  prefetch: fc.integer({ min: 0, max: 3 }),
  dispatches: fc.boolean(),
});

/** Half of the cases keep the global batch of 12 samples. */
const keptLife = life.map((given) => ({ ...given, share: 12 / given.worldSize }));

export const cases: fc.Arbitrary<Case> = fc.record({
  kind: fc.constantFrom("list", "rows", "sampler", "stateful sampler", ...STREAMS),
  length: fc.nat(70),
  shuffle: fc.boolean(),
  dropLast: fc.boolean(),
  evenBatches: fc.boolean(),
  splits: fc.boolean(),
  trains: fc.boolean(),
  lives: fc.oneof(
    fc.array(life, { minLength: 2, maxLength: 5 }),
    fc.array(keptLife, { minLength: 2, maxLength: 5 }),
  ),
});

/** What rank 0 sends, kept for the other ranks, which are read after it. */
class Letters extends SingleProcess {
  override readonly rank: never;
  override readonly worldSize: never;
  readonly #letters: unknown[];
  #next = 0;

  constructor(rank: number, worldSize: number, letters: unknown[]) {
    super();
    this.rank = rank as never;
    this.worldSize = worldSize as never;
    this.#letters = letters;
  }

  override broadcastObject<T>(value: T): T {
    if ((this.rank as number) === 0) this.#letters.push(super.broadcastObject(value));
    assert.ok(this.#next < this.#letters.length, "rank 0 has sent it");
    return this.#letters[this.#next++] as T;
  }
}

type RankLife = {
  rows: number[][];
  isLast: boolean[];
  remainders: number[];
  left: number[];
  state: LoaderStateDict;
  isOver: boolean;
  samplesSeen: number;
};

async function liveOnRank(
  rank: number,
  letters: unknown[],
  test: Case,
  now: Life,
  before: LoaderStateDict | undefined,
): Promise<RankLife> {
  const { worldSize, share, steps, stopsAtTop, prefetch, dispatches } = now;
  const isSampled = test.kind === "sampler" || test.kind === "stateful sampler";
  const splits = test.splits && !isSampled;
  const loader = new DataLoader<tf.Tensor>(
    isSampled
      ? DATASETS.list(test.length)
      : DATASETS[test.kind as keyof typeof DATASETS](test.length),
    {
      prefetch,
      ...(isSampled
        ? { batchSampler: samplerOf(test.length, test.kind === "stateful sampler") }
        : {
            batchSize: splits ? share * worldSize : share,
            dropLast: test.dropLast,
            ...(isIndexed(test) ? { shuffle: test.shuffle, seed: SEED } : {}),
          }),
    },
  );
  const observer = new GradientState({
    ...{ numSteps: 1, syncWithDataloader: true, syncEachBatch: false },
  });
  const collective = new Letters(rank, worldSize, letters);
  const prepared = new PreparedDataLoader<tf.Tensor>(loader, {
    ...{ collective, observer, dispatchBatches: dispatches, splitBatches: splits },
    evenBatches: test.evenBatches,
    seed: new GroupSeed(loader, collective, SEED),
  });
  if (before) prepared.loadStateDict(before);
  const lived: RankLife = {
    ...{ rows: [], isLast: [], remainders: [], left: [], samplesSeen: 0 },
    ...{ state: prepared.stateDict(), isOver: true },
  };
  if (before) assert.equal(lived.state, { ...before, ...sizesOf(lived.state) }, "a state is kept");
  const isSized = loader.datasetLength !== undefined && !isSampled;
  let done = 0;
  for await (const batch of prepared) {
    if (done === steps && stopsAtTop) {
      lived.isOver = false;
      lived.state = prepared.stateDict();
      break;
    }
    lived.left.push(isSized ? prepared.length - prepared.position : Number.NaN);
    lived.rows.push([...batch.dataSync()]);
    lived.isLast.push(prepared.endOfDataloader);
    lived.remainders.push(prepared.remainder);
    if (test.trains) observer.countBackward();
    done += 1;
    if (test.trains && done === steps && !stopsAtTop) {
      lived.isOver = false;
      lived.state = prepared.stateDict();
      break;
    }
  }
  if (lived.isOver) lived.state = prepared.stateDict();
  lived.samplesSeen = observer.samplesSeen;
  return lived;
}

function sizesOf({ globalBatch, worldSize }: LoaderStateDict) {
  return { globalBatch, worldSize };
}

const isIndexed = ({ kind }: Case) => kind === "list" || kind === "rows";

/** Samples of an epoch in their order, or the batches of a sampler. */
function orderOf(test: Case, epoch: number): (number | readonly number[])[] {
  const { kind, length } = test;
  const plain = Array.from({ length }, (_, index) => index);
  if (kind === "sampler" || kind === "stateful sampler") {
    const sampler = samplerOf(length, false) as Iterable<readonly number[]> & {
      setEpoch(epoch: number): void;
    };
    sampler.setEpoch(epoch);
    return [...sampler];
  }
  if (isIndexed(test) && test.shuffle) return shuffledIndices(length, SEED + epoch);
  if (kind === "sized") return plain.map((i) => (i + 3 * epoch) % length);
  return plain;
}

/** What a step is to hold, rank after rank, of an order behind `cursor`. */
function expectedStep(
  test: Case,
  { worldSize, share, dispatches }: Life,
  order: readonly (number | readonly number[])[],
  cursor: number,
): { all: number[]; real: number } | undefined {
  const isSampled = test.kind.endsWith("sampler");
  const size = isSampled ? worldSize : worldSize * share;
  const real = order.slice(cursor, cursor + size);
  const drops = test.dropLast && !isSampled;
  if (real.length === 0 || (drops && real.length < size)) return undefined;
  const pool = order.slice(0, size);
  let full = size;
  if (dispatches) full = Math.ceil(real.length / worldSize) * worldSize;
  else if (worldSize === 1 || (readsByIndex(test) && !test.evenBatches)) full = real.length;
  const added = Array.from(
    { length: full - real.length },
    (_, i) => pool[i % pool.length] as number,
  );
  return { all: [...real, ...added].flat(), real: real.flat().length };
}

function stepsLeft(
  test: Case,
  now: Life,
  order: readonly (number | readonly number[])[],
  cursor: number,
): number {
  const size = now.worldSize * now.share;
  let steps = 0;
  while (expectedStep(test, now, order, cursor + steps * size)) steps += 1;
  return steps;
}

function readsByIndex({ kind }: Case): boolean {
  return kind === "list" || kind === "rows" || kind.endsWith("sampler");
}

/** Lives of one epoch, then the next epoch in one piece: every step is what the definition says. */
export async function requireExactResume(test: Case): Promise<void> {
  let state: LoaderStateDict | undefined;
  let cursor = 0;
  let epoch = 0;
  const lastLife = test.lives.at(-1) as Life;
  const whole = { ...lastLife, steps: Number.POSITIVE_INFINITY };
  const lives = [...test.lives.slice(0, -1), whole, whole];
  for (const now of lives) {
    const ranks: RankLife[] = [];
    const letters: unknown[] = [];
    for (let rank = 0; rank < now.worldSize; rank++) {
      ranks.push(await liveOnRank(rank, letters, test, now, state));
    }
    const order = orderOf(test, epoch);
    const isSampled = test.kind.endsWith("sampler");
    const size = isSampled ? now.worldSize : now.worldSize * now.share;
    const first = ranks[0] as RankLife;
    for (const [step, isLast] of first.isLast.entries()) {
      const expected = expectedStep(test, now, order, cursor);
      const rows = ranks.flatMap((rank) => rank.rows[step] ?? []);
      assert.ok(expected, "no step too many");
      assert.equal(rows, expected.all, `step ${step} of epoch ${epoch}`);
      const left = first.left[step] as number;
      if (!Number.isNaN(left)) assert.is(left, stepsLeft(test, now, order, cursor), "steps left");
      cursor = Math.min(cursor + size, order.length);
      const after = expectedStep(test, now, order, cursor);
      assert.is(isLast, after === undefined, "the last step is known");
      if (isLast && !isSampled && !test.dropLast) {
        const { length } = order;
        const remainder = first.remainders[step] as number;
        const kept = remainder > 0 ? rows.slice(0, remainder) : rows;
        const isPadded = expected.all.length > expected.real;
        assert.ok(length === 0 || !isPadded || remainder === expected.real, "metrics are exact");
        assert.equal(kept.slice(0, expected.real).length, expected.real);
      }
    }
    if (first.isOver) {
      assert.is(expectedStep(test, now, order, cursor), undefined, "no step is missing");
      epoch += 1;
      cursor = 0;
    }
    ({ state } = first);
    for (const rank of ranks) {
      if (rank.isOver === first.isOver) assert.equal(rank.state, state, "equal on all ranks");
    }
    state = JSON.parse(JSON.stringify(state)) as LoaderStateDict;
    assert.is(state.epoch, epoch);
    assert.is(state.cursor, cursor);
  }
}
