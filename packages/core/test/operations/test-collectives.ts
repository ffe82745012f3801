import type { Test } from "uvu";
import * as assert from "uvu/assert";
import type { collectives, metrics } from "./fixtures/collect.ts";

type Run = (numProcesses: number, ...args: readonly unknown[]) => Promise<unknown[]>;

/** Samples, batch size, `dropLast`. */
type Metrics = readonly [length: number, batchSize: number, dropLast: boolean];

const METRICS: readonly Metrics[] = [
  [13, 2, false],
  [12, 2, false],
  [13, 2, true],
  [5, 2, false],
  [1, 2, false],
];

export const METRICS_CALLS = METRICS.map((metric) => ["metrics", ...metric]);

const float = (...values: number[]) => ({ shape: [values.length], dtype: "float32", values });

export function testCollectives(test: Test, P: number, run: Run): void {
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

/** The rows of each step on so many replicas. */
function rowsOf([length, batchSize, dropLast]: Metrics, P: number): number[] {
  const whole = batchSize * P;
  const rows = new Array<number>(Math.floor(length / whole)).fill(whole);
  return length % whole === 0 || dropLast ? rows : [...rows, length % whole];
}

export function testGatherForMetrics(test: Test, P: number, run: Run): void {
  for (const metric of METRICS) {
    const [length, batchSize, dropLast] = metric;
    const rows = rowsOf(metric, P);

    test(`gatherForMetrics gives ${rows.join(" + ")} rows of ${length} samples on ${P} replicas`, async () => {
      const results = await run(P, "metrics", length, batchSize, dropLast);
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
}

export function testLastResults(test: Test, P: number, run: Run): void {
  test(`gatherForMetrics cuts only what has a row for each sample: ${P} replicas`, async () => {
    for (const [rank, result] of (await run(P, "lastResults")).entries()) {
      assert.equal(result, {
        first: [2 * P],
        second: [4 * P],
        texts: [`s${2 * P}`],
        mixed: "VALUE_INVALID",
        totals: Array.from({ length: P }, () => [1, 2, 3]).flat(),
        loss: Array.from({ length: P }, (_, other) => other),
        lists: P,
        warnings: P > 1 && rank === 0 ? 1 : 0,
      });
    }
  });
}
