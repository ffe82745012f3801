import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { splitBetweenRanks } from "../../src/operations/split-between.ts";
import { sharedLaunches } from "../launch/launch-calls.ts";
import type script from "./fixtures/processes.ts";

const test = suite("process control");
const url = new URL("./fixtures/processes.ts", import.meta.url);
type Result = Exclude<Awaited<ReturnType<typeof script>>, string>;
const run = sharedLaunches<Result | string>(url, { 1: [[false]], 3: [[false], [true]] });

for (const P of [1, 3]) {
  test(`objects, padding, roles and splitting on ${P} replicas`, async () => {
    const ranks = Array.from({ length: P }, (_, rank) => rank);
    const parts = { 1: [[0, 1, 2, 3, 4]], 3: [[0, 1], [2, 3], [4]] }[P] ?? [];
    const padded =
      {
        1: [[0, 1, 2, 3, 4]],
        3: [
          [0, 1],
          [2, 3],
          [4, 4],
        ],
      }[P] ?? [];
    for (const [rank, result] of ((await run(P, false)) as Result[]).entries()) {
      assert.equal(
        result.objects,
        ranks.map((r) => ({ rank: r, text: `rank ${r}` })),
      );
      assert.equal(result.shared, { rank: 0 });
      const row = ranks.map((i) => (i <= rank ? i + 1 : 0));
      assert.equal(result.padded, { shape: [P], values: row });
      const front = ranks.map((i) => (i >= P - 1 - rank ? i - (P - 1 - rank) + 1 : -1));
      assert.equal(result.first, { shape: [P], values: front });
      assert.equal(result.columns.shape, [2, P]);
      assert.equal(result.outside, [rank + 1], "an axis that is not there changes nothing");
      assert.equal(
        result.gatheredPadding.values,
        ranks.flatMap((r) => ranks.map((i) => (i <= r ? i + 1 : 0))),
      );
      assert.equal(result.complex.values, ranks);
      assert.equal(result.imaginary.values, [ranks.reduce((sum, r) => sum + r + 0.5, 0)]);
      assert.equal(result.string.values, [`from ${P - 1}`]);
      assert.is(result.main, rank);
      const [main, localMain, last, second, local] = result.roles;
      assert.equal(
        [main, localMain, local],
        rank === 0 ? ["main", "local main", "local 0"] : [undefined, undefined, undefined],
      );
      assert.is(last, rank === P - 1 ? "last" : undefined);
      assert.is(second, rank === 1 || P === 1 ? 42 : undefined, "a process alone always runs it");
      assert.equal(result.split, parts[rank]);
      assert.equal(result.padding, padded[rank]);
    }
  });
}

test("a failure on the main process that goes first is a failure on all", async () => {
  for (const result of await run(3, true)) assert.match(result as string, "no download today");
});

// length, ranks, sizes of Accelerate
const SPLITS: [number, number, number[]][] = [
  [5, 3, [2, 2, 1]],
  [8, 3, [3, 3, 2]],
  [5, 4, [2, 1, 1, 1]],
  [2, 3, [1, 1, 0]],
  [0, 2, [0, 0]],
];
for (const [length, P, sizes] of SPLITS) {
  test(`splits ${length} items over ${P} ranks; joined with padding, the parts begin with all items`, () => {
    const all = Array.from({ length }, (_, index) => index);
    const split = <T>(inputs: T, applyPadding: boolean) =>
      sizes.map((_, rank) => splitBetweenRanks(inputs, rank, P, { applyPadding }));
    const parts = split(all, false);
    assert.equal(
      parts.map((part) => part.length),
      sizes,
    );
    assert.equal(parts.flat(), all);
    const padded = split(all, true);
    assert.is(new Set(padded.map((part) => part.length)).size, 1);
    assert.equal(padded.flat().slice(0, length), all);
    const tensors = split(tf.tensor1d(all, "float32"), true).map((part) => [...part.dataSync()]);
    assert.equal(tensors, padded);
    const objects = split({ a: all, b: Float32Array.from(all) }, false);
    assert.equal(
      objects.map(({ a }) => a),
      parts,
    );
    assert.equal(
      objects.map(({ b }) => [...b]),
      parts,
    );
  });
}

test("leaves whole what cannot be split, and refuses uneven objects", () => {
  for (const whole of ["text", 5, null, new Date(0), {}])
    assert.is(splitBetweenRanks(whole, 1, 3, {}), whole);
  const inputs = { a: [1, 2], b: [1] };
  assert.throws(() => splitBetweenRanks(inputs, 0, 2, {}), /"a" has 2, "b" has 1/);
  assert.equal(inputs, { a: [1, 2], b: [1] });
});

test.run();
