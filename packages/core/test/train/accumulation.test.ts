import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sharedLaunches } from "../launch/launch-calls.ts";
import type { AccumulationRow } from "./fixtures/accumulate.ts";

const test = suite("gradient accumulation over two replicas");
const script = new URL("./fixtures/accumulate.ts", import.meta.url);
const onTwo = sharedLaunches<AccumulationRow[]>(script, {
  2: [
    [2, false, "accumulate"],
    [2, true, "accumulate"],
    [3, false, "accumulate"],
    [1, false, "noSync"],
  ],
});
const run = (...args: unknown[]) => onTwo(2, ...args);

function requireClose(actual: number[], expected: number[]): void {
  assert.is(actual.length, expected.length);
  for (const [i, value] of actual.entries()) {
    assert.ok(Math.abs(value - (expected[i] ?? Number.NaN)) < 1e-5, `${actual} is not ${expected}`);
  }
}

test("exchanges at the end of each window and gives Accelerate's numbers", async () => {
  const ranks = await run(2, false, "accumulate");
  const gradients = [
    [0.5, 2.5, 2.5, 6.5, 4.75],
    [1, 2.5, 3, 6.5, 4.75],
  ];
  for (const [rank, rows] of ranks.entries()) {
    assert.equal(
      rows.map((row) => row.sync),
      [false, true, false, true, true],
    );
    requireClose(
      rows.map((row) => row.gradient),
      gradients[rank] ?? [],
    );
    requireClose(
      rows.map((row) => row.w),
      [1, 0.75, 0.75, 0.1, -0.375],
    );
  }
});

test("exchanging at every batch gives the same weights", async () => {
  for (const rows of await run(2, true, "accumulate")) {
    requireClose(
      rows.map((row) => row.gradient),
      [0.75, 2.5, 2.75, 6.5, 4.75],
    );
    requireClose(
      rows.map((row) => row.w),
      [1, 0.75, 0.75, 0.1, -0.375],
    );
  }
});

test("windows of three batches end with the loader", async () => {
  for (const rows of await run(3, false, "accumulate")) {
    requireClose(
      rows.map((row) => row.w),
      [1, 1, 0.65, 0.65, 0.0833333],
    );
  }
});

test("noSync keeps gradients local until the next backward", async () => {
  const ranks = await run(1, false, "noSync");
  // Rank 0 sees 1 3 5 7 9, rank 1 sees 2 4 6 8 10; the second backward averages what has accumulated.
  requireClose(
    ranks.map((rows) => rows[0]?.gradient ?? Number.NaN),
    [1, 2],
  );
  for (const rows of ranks) assert.is(rows[1]?.gradient, 5);
});

test.run();
