/** Faults that users of other tools reported, each by the number of its issue in Accelerate. */
import "@tensorflow/tfjs";
import type * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { SingleProcess } from "../../src/collective/single-process.ts";
import { GroupSeed } from "../../src/data/group-seed.ts";
import { PreparedDataLoader } from "../../src/data/prepared-data-loader.ts";
import {
  type AcceleratorError,
  DataLoader,
  type DataLoaderOptions,
  type Dataset,
  launch,
  skipFirstBatches,
} from "../../src/index.ts";
import { GradientState } from "../../src/train/gradient-state.ts";
import type { Skipped } from "./fixtures/slow-skip.ts";

const test = suite("resumes that go wrong elsewhere");
const order = (length: number) => Array.from({ length }, (_, index) => index);
const SHUFFLED = { batchSize: 2, shuffle: true, seed: 3 };

function newState(): GradientState {
  return new GradientState({ numSteps: 1, syncWithDataloader: true, syncEachBatch: false });
}

/** A prepared loader of one rank, as a new process makes it. */
function prepare(
  dataset: Dataset,
  options: DataLoaderOptions<tf.Tensor>,
  { rank = 0, worldSize = 1, observer = newState() } = {},
): PreparedDataLoader<tf.Tensor> {
  const loader = new DataLoader<tf.Tensor>(dataset, options);
  const collective = Object.assign(new SingleProcess(), { rank, worldSize });
  const modes = { evenBatches: true, splitBatches: false, dispatchBatches: false };
  const seed = new GroupSeed(loader, collective, loader.baseSeed);
  return new PreparedDataLoader(loader, { collective, observer, seed, ...modes });
}

/** The rows of the next pass. */
async function read(loader: PreparedDataLoader<tf.Tensor>): Promise<number[][]> {
  const rows: number[][] = [];
  for await (const batch of loader) rows.push([...batch.dataSync()]);
  return rows;
}

/** The state in a pass after `steps` of its steps, and the rows until then. */
async function stopAfter(loader: PreparedDataLoader<tf.Tensor>, steps: number) {
  const rows: number[][] = [];
  for await (const batch of loader) {
    if (rows.length === steps)
      return { rows, state: JSON.parse(JSON.stringify(loader.stateDict())) };
    rows.push([...batch.dataSync()]);
  }
  throw new Error("the pass was too short");
}

async function errorOf(call: () => unknown): Promise<AcceleratorError> {
  try {
    await call();
  } catch (error) {
    return error as AcceleratorError;
  }
  throw new Error("an error was expected");
}

/** Every rank of one to four replicas. */
const MEMBERS = [1, 2, 3, 4].flatMap((worldSize) =>
  order(worldSize).map((rank) => ({ rank, worldSize })),
);
const nameOf = ({ rank, worldSize }: (typeof MEMBERS)[number]) => `rank ${rank} of ${worldSize}`;

for (const member of MEMBERS) {
  test(`#2016 #2823 #3242 #3996 #2574 #3158 #3747: saved in epoch 2, the rest of its order comes, then epoch 3; ${nameOf(member)}`, async () => {
    const fresh = () => prepare(order(25), SHUFFLED, member);
    const whole = fresh();
    const epochs = [await read(whole), await read(whole), await read(whole), await read(whole)];
    const first = fresh();
    for (let epoch = 0; epoch < 2; epoch++) await read(first);
    const { rows, state } = await stopAfter(first, 2);
    const second = fresh();
    second.loadStateDict(state);
    assert.is(second.epoch, 2);
    assert.equal([...rows, ...(await read(second))], epochs[2]);
    assert.equal(await read(second), epochs[3]);
  });

  test(`#4295: a skip leaves out the first steps, and the next epoch is whole; ${nameOf(member)}`, async () => {
    const loader = prepare(order(25), SHUFFLED, member);
    const whole = prepare(order(25), SHUFFLED, member);
    const [first, second] = [await read(whole), await read(whole)];
    assert.equal(await read(skipFirstBatches(loader, 2)), first.slice(2));
    assert.equal([loader.epoch, await read(loader)], [1, second]);
  });
}

for (const worldSize of [1, 2, 3, 4]) {
  const ranks = order(worldSize);

  test(`#4195 PR #4203 PR #4238, #3938 PR #3952: shuffled, looking ahead: no index twice or missing; ${worldSize} replicas`, async () => {
    const seen: number[] = [];
    for (const rank of ranks) {
      const fresh = () => prepare(order(24), { ...SHUFFLED, prefetch: 3 }, { rank, worldSize });
      const { rows, state } = await stopAfter(fresh(), 2);
      const second = fresh();
      second.loadStateDict(state);
      seen.push(...rows.flat(), ...(await read(second)).flat());
    }
    assert.equal(
      seen.sort((a, b) => a - b),
      order(24),
    );
  });

  test(`#1451 PR #4233: the epoch after a resumed one is complete and has its own order; ${worldSize} replicas`, async () => {
    const next: number[] = [];
    const other: number[] = [];
    let rest = 0;
    for (const rank of ranks) {
      const fresh = () => prepare(order(24), SHUFFLED, { rank, worldSize });
      const { state } = await stopAfter(fresh(), 2);
      const resumed = fresh();
      resumed.loadStateDict(state);
      rest += (await read(resumed)).flat().length;
      const rows = await read(resumed);
      next.push(...rows.flat());
      const begun = fresh();
      other.push(...(await read(begun)).flat());
      assert.equal(rows, await read(begun));
    }
    assert.is(rest, 24 - 2 * 2 * worldSize);
    assert.not.equal(next, other);
    assert.equal(
      next.sort((a, b) => a - b),
      order(24),
    );
  });
}

test("#4295: a skip keeps every option, and advances the epoch of its loader", async () => {
  const loader = prepare(order(13), SHUFFLED, { worldSize: 2 });
  const whole = prepare(order(13), SHUFFLED, { worldSize: 2 });
  const [epoch0, epoch1] = [await read(whole), await read(whole)];
  const skipped = skipFirstBatches(loader, 1);
  assert.equal([skipped.length, loader.length], [3, 4]);
  assert.equal([skipped.totalBatchSize, skipped.totalDatasetLength], [4, 13]);
  const ends: unknown[] = [];
  const rows: number[][] = [];
  for await (const batch of skipped) {
    rows.push([...batch.dataSync()]);
    ends.push([skipped.endOfDataloader, skipped.remainder, skipped.position]);
    assert.is(loader.stateDict().cursor, 4 * rows.length);
  }
  assert.equal(rows, epoch0.slice(1));
  assert.equal(ends, [
    [false, 1, 0],
    [false, 1, 1],
    [true, 1, 2],
  ]);
  assert.is(loader.epoch, 1);
  assert.equal(await read(loader), epoch1);
  const drops = skipFirstBatches(prepare(order(7), { batchSize: 2, dropLast: true }), 2);
  assert.equal(await read(drops), [[4, 5]]);
  assert.equal([drops.remainder, await read(skipFirstBatches(drops, 9))], [-1, []]);
  for (const count of [-1, 1.5, "2", undefined]) {
    const { code } = await errorOf(() => skipFirstBatches(loader, count as number));
    assert.is(code, "OPTION_INVALID");
  }
  const { message } = await errorOf(() => skipFirstBatches(new DataLoader([1]) as never, 1));
  assert.match(message, "no prepared data loader");
});

test("#1130 #2859: nothing is read of a list that is skipped", async () => {
  const read: number[] = [];
  const list = {
    length: 1000,
    get: (index: number) => {
      read.push(index);
      return index;
    },
  };
  for await (const _ of skipFirstBatches(prepare(list, { batchSize: 2 }), 499));
  assert.equal(read, [998, 999]);
});

test("#2606 #2859: a stream is read to where it was without a timeout, and says so", async () => {
  const script = new URL("./fixtures/slow-skip.ts", import.meta.url);
  const ranks = await launch<Skipped>(script, { numProcesses: 2, args: [45], timeoutMs: 3000 });
  assert.equal(
    ranks.map(({ rows }) => rows),
    [
      [90, 91, 92],
      [93, 94, 95],
    ],
  );
  assert.equal(ranks[1]?.lines, []);
  assert.match(ranks[0]?.lines[0] ?? "", /read to where it stopped: \d+ of 90 samples skipped/);
  assert.match(ranks[0]?.lines.at(-1) ?? "", /all 90 samples skipped in \d+\.\d s/);
});

test("setEpoch keeps the place in the epoch that is resumed; another epoch begins at its beginning", async () => {
  const { state } = await stopAfter(prepare(order(8), SHUFFLED), 1);
  const loader = prepare(order(8), SHUFFLED);
  loader.loadStateDict(state);
  loader.setEpoch(0);
  assert.is((await read(loader)).length, 3);
  loader.loadStateDict(state);
  loader.setEpoch(1);
  assert.is((await read(loader)).length, 4);
});

test("a state of other data is refused before anything is changed", async () => {
  const { state } = await stopAfter(prepare(order(8), SHUFFLED), 1);
  const refused = async (loader: PreparedDataLoader<tf.Tensor>, given: unknown, code: string) => {
    loader.setEpoch(4);
    const before = loader.stateDict();
    const error = await errorOf(() => loader.loadStateDict(given as never));
    assert.is(error.code, code, error.message);
    assert.equal(loader.stateDict(), before);
  };
  const batches = { batchSampler: [[0, 1], [2]] };
  await refused(prepare(order(9), SHUFFLED), state, "CHECKPOINT_DATA_CHANGED");
  await refused(prepare(order(8), { batchSize: 2 }), state, "CHECKPOINT_DATA_CHANGED");
  await refused(prepare(order(8), batches), state, "CHECKPOINT_DATA_CHANGED");
  for (const given of [
    undefined,
    {},
    [],
    "x",
    { ...state, cursor: -1 },
    { ...state, epoch: "1" },
  ]) {
    await refused(prepare(order(8), SHUFFLED), given, "OPTION_INVALID");
  }
  const reading = prepare(order(8), SHUFFLED);
  for await (const _ of reading) {
    const error = await errorOf(() => reading.loadStateDict(state));
    assert.is(error.code, "STATE_INVALID");
  }
});

test("a sampler that makes other batches than before is found out, and a stream that has become shorter", async () => {
  let drawn = 0;
  const random = {
    *[Symbol.iterator]() {
      drawn += 1;
      for (let i = 0; i < 5; i++) yield [(i + drawn) % 8];
    },
  };
  const { state } = await stopAfter(prepare(order(8), { batchSampler: random }), 2);
  const resumed = prepare(order(8), { batchSampler: random });
  resumed.loadStateDict(state);
  assert.is((await errorOf(() => read(resumed))).code, "CHECKPOINT_DATA_CHANGED");
  const stream = (length: number) => new Set(order(length));
  const stopped = await stopAfter(prepare(stream(8), { batchSize: 2 }), 3);
  const shorter = prepare(stream(5), { batchSize: 2 });
  shorter.loadStateDict(stopped.state);
  assert.match((await errorOf(() => read(shorter))).message, "ended after 5 samples");
});

test("a state that JSON cannot hold is refused by its name", async () => {
  const iterator = () => ({
    next: () => ({ done: false as const, value: 1 }),
    stateDict: () => ({ seen: { at: new Map() } }),
    loadStateDict: () => {},
  });
  const error = await errorOf(() =>
    read(prepare({ [Symbol.iterator]: iterator }, { batchSize: 1 })),
  );
  assert.is(error.code, "DATA_INVALID");
  assert.match(error.message, "something else at seen.at");
});

test("loaders that are read side by side stay in step; an evaluation inside a loop begins again", async () => {
  const observer = newState();
  const [a, b, evaluation] = [1, 2, 3].map(() => prepare(order(8), SHUFFLED, { observer }));
  const other = (b as PreparedDataLoader<tf.Tensor>)[Symbol.asyncIterator]();
  let steps = 0;
  for await (const _ of a as PreparedDataLoader<tf.Tensor>) {
    await other.next();
    assert.equal([a?.stateDict().cursor, b?.stateDict().cursor], [2 * steps, 2 * steps]);
    assert.is(observer.samplesConsumed <= observer.samplesSeen - 2, true);
    observer.countBackward();
    steps += 1;
    assert.equal([a?.stateDict().cursor, b?.stateDict().cursor], [2 * steps, 2 * steps]);
    for await (const _ of evaluation as PreparedDataLoader<tf.Tensor>) {
      const { inPass, cursor, epoch } = (evaluation as PreparedDataLoader).stateDict();
      assert.equal([inPass, cursor, epoch], [false, 0, steps - 1]);
    }
  }
  await other.return?.();
});

test.run();
