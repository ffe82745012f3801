import * as assert from "uvu/assert";
import type { Draws } from "./fixtures/draw-everything.ts";

/** What all ranks read, in the order of the samples. */
export function union(ranks: readonly Draws[], name: string): string[] {
  const rows = ranks.flatMap(({ read }) => read[name] ?? []);
  return [...new Set(rows.map(String))].sort();
}

/** Asserts that two ranks drew different numbers, and read each sample once. */
export function drawApart(ranks: readonly Draws[]): void {
  const [rank0, rank1] = ranks as readonly [Draws, Draws];
  for (const [name, values] of Object.entries(rank0.common)) {
    if (name.startsWith("weight")) continue; // prepare gives all ranks those of rank 0
    assert.not.equal(rank1.common[name], values, name);
  }
  for (const name of Object.keys(rank0.read)) assert.is(union(ranks, name).length, 24, name);
}
