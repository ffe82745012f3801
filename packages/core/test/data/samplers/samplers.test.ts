/** Samplers by themselves: what an epoch has, and in which order. */
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  AcceleratorError,
  DataLoader,
  LengthGroupedSampler,
  SubsetRandomSampler,
  WeightedRandomSampler,
} from "../../../src/index.ts";

const test = suite("samplers");
const range = (length: number) => Array.from({ length }, (_, i) => i);
const sorted = (values: ArrayLike<number>) => Array.from(values).sort((a, b) => a - b);
const seeds = fc.integer({ min: 0, max: 2 ** 31 });
const RUNS = { numRuns: 50, seed: 9 };

test("a weighted sampler draws each sample as often as its weight says", () => {
  const weights = [0, 1, 2, 5, 0];
  const sampler = new WeightedRandomSampler(weights, { numSamples: 40_000 });
  const counts = [0, 0, 0, 0, 0];
  for (const index of sampler.order(4)) counts[index] = (counts[index] as number) + 1;
  for (const [index, weight] of weights.entries()) {
    const expected = (40_000 * weight) / 8;
    assert.ok(Math.abs((counts[index] as number) - expected) <= 400, `${index}: ${counts[index]}`);
  }
});

test("without replacement a sample comes once, heavy ones more often among the first", () => {
  const sampler = new WeightedRandomSampler([1, 1, 6, 0], { replacement: false, numSamples: 3 });
  let heavyFirst = 0;
  for (const seed of range(4000)) {
    const order = sampler.order(seed);
    assert.equal(sorted(order), [0, 1, 2]);
    if (order[0] === 2) heavyFirst += 1;
  }
  assert.ok(Math.abs(heavyFirst - 3000) < 120, String(heavyFirst)); // 6 of 8
});

test("orders depend on the seed alone, and differ between seeds", () => {
  for (const sampler of [
    new WeightedRandomSampler(Float32Array.from({ length: 50 }, (_, i) => i)),
    new SubsetRandomSampler(range(50)),
    new LengthGroupedSampler(range(50), { batchSize: 5 }),
  ]) {
    assert.equal(sampler.order(1), sampler.order(1));
    assert.not.equal(sampler.order(1), sampler.order(2));
    assert.is(sampler.order(1).length, sampler.length);
  }
});

test("a subset is that subset", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(100)), seeds, (indices, seed) => {
      assert.equal(sorted(new SubsetRandomSampler(indices).order(seed)), sorted(indices));
    }),
    RUNS,
  );
});

test("grouped by length: each sample once, neighbours of about the same length, the longest first", () => {
  const lengths = fc.array(fc.nat(500), { maxLength: 80 });
  const sizes = fc.record({ batchSize: fc.integer({ min: 1, max: 9 }) });
  fc.assert(
    fc.property(lengths, sizes, seeds, (all, options, seed) => {
      const order = new LengthGroupedSampler(all, options).order(seed);
      assert.equal(sorted(order), range(all.length));
      if (order.length > 0) assert.is(all[order[0] as number], Math.max(...all));
    }),
    RUNS,
  );
  const all = range(600).map((i) => (i * 37) % 600);
  const order = new LengthGroupedSampler(all, { batchSize: 6 }).order(0);
  const spread = (indices: readonly number[]) => {
    let sum = 0;
    for (let at = 6; at < indices.length; at += 6) {
      const batch = indices.slice(at, at + 6).map((index) => all[index] as number);
      sum += Math.max(...batch) - Math.min(...batch);
    }
    return sum;
  };
  const shuffled = [...new SubsetRandomSampler(range(600)).order(0)];
  assert.ok(spread(order) < spread(shuffled) / 5, `${spread(order)} of ${spread(shuffled)}`);
});

function refused(make: () => unknown): AcceleratorError {
  try {
    make();
  } catch (error) {
    assert.instance(error, AcceleratorError);
    return error as AcceleratorError;
  }
  throw new Error("it should have been refused");
}

test("what a sampler cannot be is said", () => {
  const sampler = new SubsetRandomSampler([0, 1]);
  const stream = {
    *[Symbol.iterator]() {
      yield 1;
    },
  };
  const cases: [() => unknown, RegExp][] = [
    [() => new WeightedRandomSampler([1, -1]), /-1 at place 1/],
    [() => new WeightedRandomSampler([1, Number.NaN]), /NaN at place 1/],
    [() => new WeightedRandomSampler(3 as never), /got 3/],
    [() => new WeightedRandomSampler([0, 0]), /0 weights are above 0/],
    [() => new WeightedRandomSampler([1, 0], { replacement: false }), /1 weights.*2 must/],
    [() => new WeightedRandomSampler([1], { numSamples: 0 }), /numSamples must be/],
    [() => new WeightedRandomSampler([1], { num_samples: 1 } as object), /numSamples/],
    [() => new SubsetRandomSampler([1.5]), /integers, got 1.5/],
    [() => new LengthGroupedSampler([1], {} as never), /batchSize must be.*got undefined/],
    [() => new LengthGroupedSampler([1], { batchSize: 1, groupSteps: 0 }), /groupSteps must be/],
    [() => new DataLoader([1], { sampler: [0] as never }), /use batchSampler/],
    [() => new DataLoader([1], { sampler, shuffle: true }), /leave out shuffle/],
    [() => new DataLoader([1], { sampler, batchSize: null }), /batchSize null/],
    [() => new DataLoader([1], { sampler, batchSampler: [[0]] }), /batchSampler/],
    [() => new DataLoader(stream, { sampler }), /a stream has no indices/],
  ];
  for (const [make, message] of cases) {
    const error = refused(make);
    assert.is(error.code, "OPTION_INVALID");
    assert.match(error.message, message);
  }
});

test.run();
