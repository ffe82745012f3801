import * as assert from "uvu/assert";
import type { Attempts } from "./fixtures/batch-size.ts";

/** The sizes that Accelerate tries. */
export const SIZES: Readonly<Record<string, number[]>> = {
  "128": [128, 115, 103, 92, 82, 73, 65, 58],
  "10": [10, 9, 8, 7, 6, 5, 4, 3],
};

/** Asserts that all ranks tried these sizes, and trained with the last one. */
export function checkAgreed(
  ranks: readonly Attempts[],
  sizes: readonly number[],
  label: string,
): void {
  for (const attempts of ranks) {
    assert.equal(attempts.sizes, sizes, label);
    assert.is(attempts.result, `first ${sizes.at(-1)}`, label);
    assert.equal(attempts.later, [sizes.at(-1)], label);
    assert.ok(Math.abs((attempts.weight ?? 0) - 0.96) < 1e-6, "four steps, none left out");
  }
}
