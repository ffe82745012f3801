/** Loaders with samplers, masks of real samples, and collected results, on real replicas. */
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { launchCalls } from "../../launch/launch-calls.ts";
import type { Case, Read } from "../fixtures/sampled.ts";

const script = new URL("../fixtures/sampled.ts", import.meta.url);
const range = (length: number) => Array.from({ length }, (_, i) => i);
const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);

const own = { dispatchBatches: false };
/** 13 samples, two for each rank: the last step is not full on 2 and 3 ranks. */
const sized = { length: 13, batchSize: 2 };
/** What each number of replicas divides. */
const BATCH = 12;
const CASES: Record<string, Case> = {
  list: { ...sized, passes: 2 },
  rows: { ...sized, dataset: "rows" },
  split: { ...sized, batchSize: BATCH, configuration: { splitBatches: true } },
  uneven: { ...sized, configuration: { evenBatches: false } },
  "split, uneven": {
    ...{ ...sized, batchSize: BATCH },
    configuration: { splitBatches: true, evenBatches: false },
  },
  "drop last": { ...sized, dropLast: true },
  "fewer than ranks": { length: 1, batchSize: 2 },
  dispatched: { ...sized, configuration: { dispatchBatches: true } },
  stream: { ...sized, dataset: "stream", configuration: own },
  "stream of rank 0": { ...sized, dataset: "stream" },
  "own streams": { length: 5, batchSize: 2, dataset: "own streams" },
  "whole batches": { ...sized, length: 4, dataset: "whole batches" },
  "sampled batches": { ...sized, dataset: "sampled batches" },
  "sampled batches, dispatched": {
    ...{ ...sized, dataset: "sampled batches" },
    configuration: { dispatchBatches: true },
  },
  weighted: { ...sized, length: 40, batchSize: 3, sampler: "weighted", passes: 2 },
  subset: { ...sized, sampler: "subset", passes: 3 },
  "subset, dispatched": { ...sized, sampler: "subset", configuration: { dispatchBatches: true } },
  lengths: { length: 24, batchSize: 2, sampler: "lengths" },
  "of the rank": { ...sized, sampler: "of the rank" },
  outside: { ...sized, sampler: "outside" },
  short: { ...sized, sampler: "short" },
  stopped: { ...sized, length: 40, sampler: "weighted", stopAfter: 2 },
};
const NAMES = Object.keys(CASES);

/** What each case must collect on so many ranks. */
function expectedOf(name: string, worldSize: number): number[] | undefined {
  const even = 13 - (13 % (2 * worldSize));
  if (name === "drop last") return range(worldSize === 1 ? 12 : even);
  if (name === "fewer than ranks") return [0];
  if (name.startsWith("sampled batches")) return range(8);
  if (name === "whole batches") return [0, 1, 10, 11, 12, 20, 21, 30, 31, 32];
  if (name === "own streams") {
    const steps = [[0, 1], [2, 3], [4]];
    return steps.flatMap((step) => range(worldSize).flatMap((r) => step.map((i) => 100 * r + i)));
  }
  const isSampled = CASES[name]?.sampler !== undefined;
  return isSampled ? undefined : range(13);
}

/** Tests that so many replicas read each sample once, and collect what they computed in order. */
export function testSampled(test: Test, worldSize: number): void {
  let results: Promise<Read[][]> | undefined;
  const of = async (name: string): Promise<Read[]> => {
    results ??= launchCalls<Read>(
      script,
      worldSize,
      NAMES.map((one) => [CASES[one]]),
    );
    return (await results)[NAMES.indexOf(name)] as Read[];
  };

  for (const name of NAMES) {
    const expected = expectedOf(name, worldSize);
    if (!expected) continue;
    test(`${worldSize} replicas collect each sample once, in order: ${name}`, async () => {
      const ranks = await of(name);
      for (const { collected, error, tensorsLeft, gathered } of ranks) {
        assert.is(error, "");
        assert.is(tensorsLeft, 0);
        for (const [pass, { tensors, squares, list }] of collected.entries()) {
          assert.equal(tensors, expected);
          assert.equal(
            squares,
            expected.map((value) => value * value),
          );
          assert.equal(
            list,
            expected.map((value) => `sample ${value}`),
          );
          if (gathered[pass]?.length) assert.equal(gathered[pass], expected, "as gatherForMetrics");
        }
      }
      if (name === "whole batches") return;
      // The mask says the same.
      const real = ranks.flatMap(({ steps, masks, valid }) =>
        steps.flatMap((step, at) => {
          assert.is(masks[at]?.length, step.length);
          assert.is(masks[at]?.filter(Boolean).length, valid[at]);
          return step.filter((_, row) => masks[at]?.[row] === 1);
        }),
      );
      const passes = CASES[name]?.passes ?? 1;
      const all = range(passes).flatMap(() => expected);
      assert.equal(sorted(real), sorted(all));
    });
  }

  test(`${worldSize} replicas read what a sampler says, as one does`, async () => {
    for (const name of ["weighted", "subset", "lengths"]) {
      const ranks = await of(name);
      for (const { error, collected, gathered, length } of ranks) {
        assert.is(error, "");
        const orders = collected.map(({ tensors }) => tensors);
        assert.equal(
          orders,
          ranks[0]?.collected.map(({ tensors }) => tensors),
        );
        if (name === "weighted") {
          const [first = [], second = []] = orders;
          assert.is(first.length, 40);
          assert.not.ok(first.includes(0));
          assert.ok(first.filter((index) => index === 39).length > 10);
          assert.not.equal(first, second);
          assert.is(length, Math.ceil(40 / (3 * worldSize)));
        } else if (name === "subset") {
          for (const order of orders) assert.equal(sorted(order), [1, 3, 5, 7, 9, 11]);
          assert.is(new Set(orders.map(String)).size, 3);
        } else assert.equal(sorted(orders[0] ?? []), range(24));
        for (const [pass, order] of orders.entries())
          if (gathered[pass]?.length) assert.equal(gathered[pass], order);
      }
    }
    const [plain] = await of("subset");
    const [dispatched] = await of("subset, dispatched");
    assert.equal(dispatched?.collected[0], plain?.collected[0]);
  });

  test(`${worldSize} replicas: wrong samplers are refused on every rank`, async () => {
    for (const { error } of await of("outside")) {
      assert.match(error, /^DATA_INVALID: .*13 at place 1, which is no index.*13 samples/);
    }
    for (const { error } of await of("short")) {
      assert.match(error, /^DATA_INVALID: .*2 indices instead of 5/);
    }
    for (const { error } of await of("of the rank")) {
      if (worldSize === 1) assert.is(error, "");
      else assert.match(error, /^DATA_INVALID: .*the checksum of the sampler's order is/);
    }
  });
}

/** Tests that an epoch which one replica begins goes on on so many. */
export function testElasticEpoch(test: Test, worldSize: number): void {
  test(`an epoch with a sampler goes on on ${worldSize} replicas`, async () => {
    const part: Case = { ...CASES.stopped, stopAfter: 3 } as Case;
    const { stopAfter: _, ...whole } = part;
    const [[full] = [], [begun] = []] = await launchCalls<Read>(script, 1, [[whole], [part]]);
    const state = begun?.state;
    assert.ok(state);
    const other: Case = { ...whole, sampler: "subset", state };
    const calls = [[{ ...whole, state }], [other]];
    const [ranks = [], refused = []] = await launchCalls<Read>(script, worldSize, calls);
    for (const { error } of refused) assert.match(error, /^CHECKPOINT_DATA_CHANGED/);
    const order = full?.collected[0]?.tensors ?? [];
    // Without `backward` a batch counts as consumed when the next one is asked for: the third one is given again.
    assert.is(state.cursor, 4);
    for (const { collected, error } of ranks) {
      assert.is(error, "");
      assert.equal(collected[0]?.tensors, order.slice(4));
    }
  });
}
