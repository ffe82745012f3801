import type { Test } from "uvu";
import * as assert from "uvu/assert";
import type { Lived, Step } from "./fixtures/resume.ts";
import {
  AFTER,
  type FirstLives,
  LIVES,
  type Lives,
  liveAll,
  type Place,
  stateOf,
} from "./resume-lives.ts";

type First = () => Promise<FirstLives>;
const STATEFUL = "a stateful iterator";
/** The 26 samples that are left, and 12 from the beginning for the padding. */
const READS = 38;

const begunAt = ({ begun }: FirstLives, at: Place): Lives => begun.get(at) as Lives;

export function testAsManyReplicas(
  test: Test,
  names: readonly string[],
  at: Place,
  first: First,
): void {
  test(`on as many replicas, stopped at the ${at} of the loop body: every step is the same`, async () => {
    const lived = await first();
    const begun = begunAt(lived, at);
    const [rest] = (await liveAll(names, 2, (name) => ({ state: stateOf(begun, name) }))) as [
      Lives,
    ];
    for (const name of names) {
      for (const [rank, { steps, remainders, lengths }] of lived.whole.get(name)?.entries() ?? []) {
        const [first, second] = [begun, rest].map((lives) => lives.get(name)?.[rank] as Lived);
        // Nothing was asked for behind the last batch of a loop without backward.
        const repeats = LIVES[name]?.trains === false && at === "end" ? 1 : 0;
        const kept = (first as Lived).steps.slice(0, AFTER - repeats);
        assert.equal([...kept, ...(second as Lived).steps], steps, `${name}, rank ${rank}`);
        assert.equal(second?.remainders, remainders.slice(kept.length), `${name}: remainders`);
        assert.equal(second?.lengths, lengths.slice(kept.length), `${name}: lengths`);
        if (name === STATEFUL && at === "end")
          assert.is(second?.reads, READS, "nothing is read again");
        if (LIVES[name]?.options?.shard !== false) {
          assert.equal(first?.state, begun.get(name)?.[0]?.state, `${name}: equal on all ranks`);
        }
      }
    }
  });
}

export function testOtherReplicas(
  test: Test,
  names: readonly string[],
  worldSize: number,
  first: First,
): void {
  test(`on ${worldSize} instead of 2 replicas, as many samples in a step: every step has the same samples in the same order`, async () => {
    const sharded = names.filter((name) => LIVES[name]?.options?.shard !== false);
    const lived = await first();
    const begun = begunAt(lived, "end");
    const [rest] = (await liveAll(sharded, worldSize, (name) => ({
      state: stateOf(begun, name),
    }))) as [Lives];
    for (const name of sharded) {
      const stepsOf = (lives: Lives): readonly Step[] => lives.get(name)?.[0]?.steps ?? [];
      const done = LIVES[name]?.trains === false ? AFTER - 1 : AFTER;
      const expected = stepsOf(lived.whole).slice(done);
      const found = stepsOf(rest);
      if (LIVES[name]?.sampler) {
        // A step has as many batches as there are replicas, and the last one is padded with the first of the epoch.
        const [{ epoch: last } = { epoch: -1 }] = expected;
        const samplesIn = (list: readonly Step[]) =>
          new Set(list.filter(({ epoch }) => epoch === last).flatMap(({ metrics }) => metrics));
        const before = samplesIn(stepsOf(begun));
        const left = (list: readonly Step[]) =>
          [...samplesIn(list)].filter((sample) => !before.has(sample));
        assert.equal(left(found), left(expected), name);
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

export function testReads(test: Test, first: First): void {
  test("a stateful stream reads nothing again, also if it is stopped once more", async () => {
    const begun = begunAt(await first(), "end");
    const stop = { after: 2, at: "end" } as const;
    const [rest] = await liveAll([STATEFUL], 2, (name) => ({ state: stateOf(begun, name), stop }));
    for (const { reads } of rest?.get(STATEFUL) ?? []) assert.is(reads, READS);
  });
}
