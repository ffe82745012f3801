/** Windows of accumulation that some replicas begin and others finish. */
import { join } from "node:path";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { ranksOf } from "./play-scenarios.ts";
import { scratch } from "./scratch-folder.ts";

const folder = scratch();

/** Where so many replicas save in the middle of a window. */
export function folderOf(kind: "window" | "items", before: number): string {
  return join(folder, `${kind}-${before}`);
}

/** Scenarios that begin a window of so many replicas. */
export function begun(before: number) {
  return {
    [`window of ${before}`]: ["saveMidWindow", { folder: folderOf("window", before) }],
    [`items of ${before}`]: ["saveMidWindow", { folder: folderOf("items", before), counts: true }],
  } as const;
}

/** Scenarios that finish it on so many others. */
export function finished(before: number, after: number) {
  return {
    [`${before} to ${after}`]: ["finishWindow", { folder: folderOf("window", before) }],
    [`items ${before} to ${after}`]: [
      "finishWindow",
      { folder: folderOf("items", before), counts: true },
    ],
  } as const;
}

type Finished = { step: number; gradient: number | undefined; weight: number };

/** Tests a window after its scenarios have been played. */
export function testWindow(test: Test, before: number, after: number): void {
  test(`a window that ${before} began is finished by ${after} with the same mean (accelerate #784, CK-8)`, () => {
    const own = Array.from({ length: before }, (_, rank) => (rank + 1) / 2);
    const gradients = (ranks: readonly { gradient: number | undefined }[]) =>
      ranks.map(({ gradient }) => gradient);
    assert.equal(gradients(ranksOf<Finished>(`window of ${before}`)), own);
    const ranks = ranksOf<Finished>(`${before} to ${after}`);
    assert.is(ranks.length, after);
    const mean = own.reduce((sum, one) => sum + one, 0) / before;
    for (const { step, weight } of ranks) {
      assert.is(step, 1, "the same count on all ranks");
      assert.ok(Math.abs(weight + mean + 5) < 1e-5, `${weight}`);
    }
    if (before === after) assert.equal(gradients(ranks), own);
    else assert.equal(gradients(ranks.slice(1)), Array(after - 1).fill(undefined));
  });

  test(`the items of a window that ${before} began are counted on by ${after}`, () => {
    const mean = (before + 1) / 2; // of the samples 1, 2, …, whose items are one more
    for (const { weight } of ranksOf<Finished>(`items ${before} to ${after}`)) {
      const expected = -(mean + 10) / (mean + 1 + 4);
      assert.ok(Math.abs(weight - expected) < 1e-5, `${weight}, not ${expected}`);
    }
  });
}
