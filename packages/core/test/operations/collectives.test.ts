import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sharedLaunches } from "../launch/launch-calls.ts";
import type { collectives, metrics } from "./fixtures/collect.ts";

const test = suite("collectives of the accelerator");
const script = new URL("./fixtures/collect.ts", import.meta.url);
const float = (...values: number[]) => ({ shape: [values.length], dtype: "float32", values });

const METRICS: [number, number, boolean, number[]][] = [
  [13, 2, false, [6, 6, 1]],
  [12, 2, false, [6, 6]],
  [13, 2, true, [6, 6]],
  [5, 2, false, [5]],
  [1, 2, false, [1]],
];

const run = sharedLaunches<unknown>(script, {
  1: [["collectives"]],
  2: [["collectives"], ["shapes"], ["models"]],
  3: [["collectives"], ...METRICS.map((metric) => ["metrics", ...metric.slice(0, 3)])],
});

for (const P of [1, 2, 3]) {
  test(`gather, reduce and broadcast give Accelerate's numbers on ${P} replicas`, async () => {
    const ranks = Array.from({ length: P }, (_, rank) => rank);
    const results = (await run(P, "collectives")) as Awaited<ReturnType<typeof collectives>>[];
    assert.is(results.length, P);
    const total = (P * (P + 1)) / 2;
    const pairs = ranks.flatMap((rank) => [10 * rank + 1, 10 * rank + 2]);
    for (const [rank, result] of results.entries()) {
      assert.equal(result.gather, float(...pairs));
      assert.equal(
        result.scalar,
        float(...ranks),
        "a scalar counts as shape [1], also on one replica",
      );
      assert.equal(result.bool, {
        shape: [P],
        dtype: "bool",
        values: ranks.map((r) => Number(r === 0)),
      });
      assert.equal(result.string, {
        shape: [P],
        dtype: "string",
        values: ranks.map((r) => `rank ${r}`),
      });
      assert.equal(result.nested, [
        float(...pairs),
        float(...ranks),
        { shape: [P], dtype: "int32", values: ranks },
      ]);
      assert.equal(result.sum, float(total, 2 * total));
      assert.equal(result.mean, float(total / P, (2 * total) / P));
      assert.equal(result.max, float(P, 2 * P));
      assert.equal(result.untouched, float(rank + 1, 2 * (rank + 1)));
      assert.equal(result.broadcast, float(10 * (P - 1) + 1, 10 * (P - 1) + 2));
      assert.equal(result.variable, float(0, 0));
      assert.ok(result.sameVariable);
      assert.is(result.only, rank === 0 ? "main" : undefined);
      assert.equal(result.errors, [
        "VALUE_INVALID",
        "VALUE_INVALID",
        "OPTION_INVALID",
        "OPTION_INVALID",
        "OPTION_INVALID",
      ]);
    }
  });
}

for (const [length, batchSize, dropLast, rows] of METRICS) {
  test(`gatherForMetrics gives ${rows.join(" + ")} rows of ${length} samples`, async () => {
    const results = await run(3, "metrics", length, batchSize, dropLast);
    const order = Array.from({ length: rows.reduce((a, b) => a + b) }, (_, index) => index);
    for (const { tensors, lists } of results as Awaited<ReturnType<typeof metrics>>[]) {
      assert.equal(
        tensors.map((values) => values.length),
        rows,
      );
      assert.equal(tensors.flat(), order);
      assert.equal(
        lists.flat(),
        order.map((value) => `s${value}`),
      );
    }
  });
}

test("all ranks throw when shapes differ, though sizes do not", async () => {
  for (const result of (await run(2, "shapes")) as string[]) {
    assert.match(result, /^COLLECTIVE_MISMATCH/);
    assert.match(result, "float32[4, 2]");
    assert.match(result, "float32[2, 4]");
  }
});

test("all ranks throw when they prepare different models", async () => {
  for (const result of (await run(2, "models")) as string[]) {
    assert.match(result, /^MODEL_MISMATCH/);
    assert.match(result, "float32[2, 3]");
    assert.match(result, "float32[2, 4]");
  }
});

test.run();
