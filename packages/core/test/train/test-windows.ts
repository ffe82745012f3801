import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { sharedLaunches } from "../launch/launch-calls.ts";
import type { WindowRow } from "./fixtures/windows.ts";

const script = new URL("./fixtures/windows.ts", import.meta.url);

/** Samples per rank and batch; windows of two batches, and a last one of one batch. */
const SIZES: Readonly<Record<number, number[][]>> = {
  1: [[1], [4], [2], [2], [3]],
  2: [
    [1, 3],
    [4, 1],
    [2, 2],
    [5, 0],
    [1, 2],
  ],
  3: [
    [1, 3, 2],
    [4, 1, 1],
    [2, 0, 2],
    [0, 0, 0],
    [1, 2, 6],
  ],
};
const KINDS = ["number", "tensor", "int32"] as const;
const MEANS = (count: number) => Array.from({ length: 5 }, () => new Array<number>(count).fill(1));

const callsOf = (count: number) => [
  ...KINDS.map((kind) => ["weigh", SIZES[count], kind, false]),
  ["weigh", SIZES[count], "number", true],
  ["weigh", MEANS(count), "mean", false],
  ...["turns", "trigger", "steps", "misuse"].map((kind) => [kind]),
];
const run = sharedLaunches<WindowRow[]>(script, { 1: callsOf(1), 2: callsOf(2), 3: callsOf(3) });

const close = (actual: number | undefined, expected: number, label: string) =>
  assert.ok(Math.abs(Number(actual) - expected) < 1e-5, `${label}: ${actual}, not ${expected}`);

/** Tests what so many replicas exchange at the end of a window. */
export function testWindows(test: Test, count: number): void {
  test(`divides by the items of the window on all replicas: ${count} replicas`, async () => {
    const sizes = SIZES[count] ?? [];
    const totals = sizes.map((ranks) => ranks.reduce((sum, size) => sum + size, 0));
    // The samples are 1, 2, 3, …; the mean of a range is that of its ends.
    const ends = totals.map((_, i) => totals.slice(0, i + 1).reduce((sum, size) => sum + size, 0));
    const means = [
      (1 + (ends[1] ?? 0)) / 2,
      ((ends[1] ?? 0) + 1 + (ends[3] ?? 0)) / 2,
      ((ends[3] ?? 0) + 1 + (ends[4] ?? 0)) / 2,
    ];
    const settings = [...KINDS.map((kind) => [kind, false] as const), ["number", true] as const];
    for (const [kind, syncEachBatch] of settings) {
      for (const rows of await run(count, "weigh", sizes, kind, syncEachBatch)) {
        assert.equal(
          rows.map(({ sync }) => sync),
          [false, true, false, true, true],
        );
        const ended = rows.filter(({ sync }) => sync);
        for (const [i, { gradients }] of ended.entries()) {
          close(gradients[0], means[i] ?? Number.NaN, `${kind}, window ${i}`);
        }
      }
    }
  });

  test(`a shorter last window weighs as much as the others: ${count} replicas`, async () => {
    for (const rows of await run(count, "weigh", MEANS(count), "mean", false)) {
      const last = 4 * count + (count + 1) / 2; // Accelerate gives half of it
      close(rows.at(-1)?.gradients[0], last, "last window");
    }
  });

  test(`models that take turns in a batch share its window: ${count} replicas`, async () => {
    for (const rows of await run(count, "turns")) {
      assert.equal(
        rows.map(({ sync }) => sync),
        [false, true, false, true, true],
      );
      for (const [i, weight] of [1, 0.9, 0.9, 0.8, 0.75].entries()) {
        for (const variable of [0, 1]) close(rows[i]?.gradients[variable], weight, `batch ${i}`);
      }
    }
  });

  test(`triggerSyncInBackward exchanges what was held back: ${count} replicas`, async () => {
    const mean = (count + 1) / 2;
    for (const [rank, rows] of (await run(count, "trigger")).entries()) {
      const own = rank + 1;
      const expected = [
        [own, own],
        [2 * own, 2 * own],
        [3 * mean, 3 * own],
        [3 * mean + own, 4 * own],
        [3 * mean + 2 * own, 5 * mean],
        [3 * mean + 3 * own, 5 * mean + own],
      ];
      assert.equal(
        rows.map(({ gradients }) => gradients),
        expected,
      );
    }
  });

  test(`the number of steps can change at any time: ${count} replicas`, async () => {
    for (const rows of await run(count, "steps")) {
      assert.equal(
        rows.map(({ sync }) => sync),
        [false, true, false, true, false, true, false, true],
      );
      const gradients = rows.map((row) => row.gradients[0]);
      assert.equal(gradients, [6, 12, 6, 12, 4, 8, 4, 8]);
    }
  });

  test(`items of one window and those of none do not mix: ${count} replicas`, async () => {
    for (const results of await run(count, "misuse")) {
      const [state, option] = ["STATE_INVALID", "OPTION_INVALID"];
      const wrong = [option, option, option, option, option];
      assert.equal(results as unknown, [
        undefined,
        state,
        undefined,
        state,
        ...wrong,
        undefined,
        "0",
      ]);
    }
  });
}
