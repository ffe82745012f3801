import { suite } from "uvu";
import * as assert from "uvu/assert";
import { launchCalls } from "../launch/launch-calls.ts";
import type { Life, Lived, Step } from "./fixtures/resume.ts";

const test = suite("a loader goes on where it stopped, on real replicas");
const script = new URL("./fixtures/resume.ts", import.meta.url);

const own = { dispatchBatches: false };
const shuffled = { shuffle: true, seed: 5 };

/** Lives of 50 samples, 12 in a step of two replicas: 5 steps in an epoch, the last one with 2 real samples. */
const LIVES: Record<string, Life> = {
  "a shuffled list": { length: 50, epochs: 3, options: shuffled },
  "a list decoded in threads": { length: 50, epochs: 2, options: shuffled, decodes: true },
  "tensors, accumulated": {
    ...{ kind: "rows", length: 50, epochs: 2, accumulationSteps: 2 },
    options: { ...shuffled, prefetch: 3 },
  },
  "a list, batches split": {
    ...{ length: 50, epochs: 2, configuration: { splitBatches: true }, options: shuffled },
  },
  "a list, dropLast": { length: 50, epochs: 2, options: { ...shuffled, dropLast: true } },
  "a sampler": { length: 50, epochs: 2, sampler: "plain" },
  "a stateful sampler": { length: 50, epochs: 2, sampler: "stateful" },
  "a stream that rank 0 reads": { kind: "sized", length: 50, epochs: 3, options: { prefetch: 2 } },
  "a stream that all ranks read": { kind: "stream", length: 50, epochs: 2, configuration: own },
  "a stateful iterator": { kind: "stateful iterator", length: 50, epochs: 2, configuration: own },
  "a stateful dataset": { kind: "stateful dataset", length: 50, epochs: 2 },
  "a stream of each rank": {
    kind: "stateful iterator",
    length: 50,
    epochs: 2,
    options: { shard: false },
  },
  "tf.data, shuffled": { kind: "tf.data shuffled", length: 50, epochs: 3 },
  "an evaluation": { length: 50, epochs: 2, options: shuffled, trains: false },
};
const NAMES = Object.keys(LIVES);
/** Batches before it stops: in the second epoch, but for the short ones. */
const AFTER = 7;

/** A life on a number of replicas that together take 12 samples in a step. */
function lifeOf(name: string, worldSize: number, more: Partial<Life> = {}): Life {
  const life = LIVES[name] as Life;
  const batchSize = life.configuration?.splitBatches ? 12 : 12 / worldSize;
  const options = life.sampler ? {} : { ...life.options, batchSize };
  return { ...life, options, ...more };
}

type Lives = Map<string, Lived[]>;

/** Lives of all names, once for each of `more`, in one launch. */
async function liveAll(
  worldSize: number,
  ...more: ((name: string) => Partial<Life>)[]
): Promise<Lives[]> {
  const calls = more.flatMap((each) => NAMES.map((name) => [lifeOf(name, worldSize, each(name))]));
  const all = await launchCalls<Lived>(script, worldSize, calls);
  return more.map(
    (_, k) => new Map(NAMES.map((name, i) => [name, all[k * NAMES.length + i] as Lived[]])),
  );
}

let lived: Promise<{ whole: Lives; top: Lives; end: Lives }> | undefined;

/** In one piece, and stopped at two places. */
function firstLives(): Promise<{ whole: Lives; top: Lives; end: Lives }> {
  lived ??= liveAll(
    2,
    () => ({}),
    () => ({ stop: { after: AFTER, at: "top" } }),
    () => ({ stop: { after: AFTER, at: "end" } }),
  ).then((all) => {
    const [whole, top, end] = all as [Lives, Lives, Lives];
    return { whole, top, end };
  });
  return lived;
}

function stateOf(lives: Map<string, Lived[]>, name: string) {
  return JSON.parse(JSON.stringify(lives.get(name)?.[0]?.state));
}

for (const at of ["top", "end"] as const) {
  test(`on as many replicas, stopped at the ${at} of the loop body: every step is the same`, async () => {
    const { whole, [at]: begun } = await firstLives();
    const [rest] = (await liveAll(2, (name) => ({ state: stateOf(begun, name) }))) as [Lives];
    for (const name of NAMES) {
      for (const [rank, { steps, remainders, lengths }] of whole.get(name)?.entries() ?? []) {
        const [first, second] = [begun, rest].map((lives) => lives.get(name)?.[rank] as Lived);
        // Nothing was asked for behind the last batch of a loop without backward.
        const repeats = LIVES[name]?.trains === false && at === "end" ? 1 : 0;
        const kept = (first as Lived).steps.slice(0, AFTER - repeats);
        assert.equal([...kept, ...(second as Lived).steps], steps, `${name}, rank ${rank}`);
        assert.equal(second?.remainders, remainders.slice(kept.length), `${name}: remainders`);
        assert.equal(second?.lengths, lengths.slice(kept.length), `${name}: lengths`);
        if (LIVES[name]?.options?.shard !== false) {
          assert.equal(first?.state, begun.get(name)?.[0]?.state, `${name}: equal on all ranks`);
        }
      }
    }
  });
}

for (const worldSize of [1, 3]) {
  test(`on ${worldSize} instead of 2 replicas, as many samples in a step: every step has the same samples in the same order`, async () => {
    const names = NAMES.filter((name) => LIVES[name]?.options?.shard !== false);
    const { whole, end: begun } = await firstLives();
    const calls = names.map((name) => [lifeOf(name, worldSize, { state: stateOf(begun, name) })]);
    const all = await launchCalls<Lived>(script, worldSize, calls);
    for (const [i, name] of names.entries()) {
      const steps = (lives: Lived[] | undefined): Step[] => lives?.[0]?.steps ?? [];
      const done = LIVES[name]?.trains === false ? AFTER - 1 : AFTER;
      const expected = steps(whole.get(name)).slice(done);
      const found = steps(all[i]);
      if (LIVES[name]?.sampler) {
        // A step has as many batches as there are replicas, and the last one is padded with the first of the epoch.
        const [{ epoch: last } = { epoch: -1 }] = expected;
        const samplesIn = (list: readonly Step[]) =>
          new Set(list.filter(({ epoch }) => epoch === last).flatMap(({ metrics }) => metrics));
        const before = samplesIn(steps(begun.get(name)));
        const rest = (list: readonly Step[]) =>
          [...samplesIn(list)].filter((sample) => !before.has(sample));
        assert.equal(rest(found), rest(expected), name);
        continue;
      }
      assert.equal(
        found.map(({ epoch, metrics, isLast }) => ({ epoch, metrics, isLast })),
        expected.map(({ epoch, metrics, isLast }) => ({ epoch, metrics, isLast })),
        name,
      );
    }
  });
}

test("a stateful stream reads nothing again", async () => {
  const { end: begun } = await firstLives();
  const state = stateOf(begun, "a stateful iterator");
  const life = lifeOf("a stateful iterator", 2, { state, stop: { after: 2, at: "end" } });
  for (const { reads } of (await launchCalls<Lived>(script, 2, [[life]]))[0] ?? []) {
    assert.is(reads, 38, "the 26 that are left, and 12 from the beginning for the padding");
  }
});

test.run();
