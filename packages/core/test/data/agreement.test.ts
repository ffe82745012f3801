/** Ranks read one order of one dataset, or say why not. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sharedLaunches } from "../launch/launch-calls.ts";
import type { Case, Seen } from "./fixtures/agree.ts";

const test = suite("agreement on data");
const script = new URL("./fixtures/agree.ts", import.meta.url);
const LENGTH = 24;
const on2 = ["random", "infinite", "length", "batchSize", "pass", "dispatch", "own"];
const resultsOf = sharedLaunches<Seen>(script, {
  1: [["random", LENGTH]],
  2: on2.map((name) => [name, LENGTH]),
  3: ["random", "failing", "length", "batchSize"].map((name) => [name, LENGTH]),
});
const run = (name: Case, numProcesses: number) => resultsOf(numProcesses, name, LENGTH);

for (const numProcesses of [1, 2, 3]) {
  test(`a sampler that draws at random gives each sample once, of ${numProcesses}`, async () => {
    const ranks = await run("random", numProcesses);
    for (const pass of [0, 1, 2]) {
      const samples = ranks.flatMap(({ passes, error }) => {
        assert.is(error, "");
        return passes[pass] as number[];
      });
      assert.is(samples.length, LENGTH);
      assert.is(new Set(samples).size, LENGTH, `pass ${pass}: ${samples}`);
    }
  });
}

test("a sampler without an end can be left", async () => {
  for (const { passes, error } of await run("infinite", 2)) {
    assert.is(error, "");
    assert.equal(
      passes.map(({ length }) => length),
      [4, 4],
    );
  }
});

test("a sampler that fails on rank 0 fails on every rank", async () => {
  const [first, ...others] = await run("failing", 3);
  assert.match(first?.error ?? "", "nothing left to draw");
  for (const { error } of others) {
    assert.match(error, /^DATA_INVALID: The batchSampler failed on rank 0.*nothing left to draw/);
  }
});

for (const [name, message] of [
  ["length", /the length of the dataset is 24 on rank 0 and 25 on rank 1/],
  ["batchSize", /batchSize is 2 on rank 0 and 4 on rank 1/],
] as const) {
  for (const numProcesses of [2, 3]) {
    test(`loaders that differ in ${name} are refused on each of ${numProcesses} ranks`, async () => {
      for (const { error } of await run(name, numProcesses)) {
        assert.match(error, /^DATA_INVALID/);
        assert.match(error, message);
      }
    });
  }
}

test("ranks that shuffle for different epochs are told", async () => {
  for (const { error } of await run("pass", 2)) {
    assert.match(error, /^COLLECTIVE_MISMATCH.*epoch 1.*epoch 0/);
  }
});

test("only rank 0 needs the dataset where it reads for all ranks; each rank may have its own where none is shared", async () => {
  const dispatched = await run("dispatch", 2);
  const samples = dispatched.flatMap(({ passes, error }) => {
    assert.is(error, "");
    return passes[0] as number[];
  });
  assert.is(new Set(samples).size, LENGTH);
  for (const [rank, { passes, error }] of (await run("own", 2)).entries()) {
    assert.is(error, "");
    assert.equal(
      passes[0],
      Array.from({ length: LENGTH }, (_, i) => i + 100 * rank),
    );
  }
});

test.run();
