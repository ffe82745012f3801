import * as assert from "uvu/assert";
import { union } from "./draw-apart.ts";
import type { Draws } from "./fixtures/draw-everything.ts";

/** Asserts that replicas drew what one replica draws where they must agree, and differ where they should. */
export function drawAlike(ranks: readonly Draws[], one: readonly Draws[]): void {
  const [rank0, ...others] = ranks as readonly [Draws, ...Draws[]];
  assert.equal(rank0.common, one[0]?.common);
  for (const rank of others) {
    assert.equal(rank.common, rank0.common);
    for (const [name, values] of Object.entries(rank0.own)) {
      assert.not.equal(rank.own[name], values, name);
    }
  }
  for (const name of Object.keys(one[0]?.read ?? {})) {
    assert.is(union(one, name).length, 24, name);
    assert.equal(union(ranks, name), union(one, name), `${name}: whoever reads a sample`);
  }
  assert.not.equal(union(one, "streamedToo"), union(one, "streamed"), "loaders draw apart");
}

/** Asserts that another seed draws something else. */
export function drawAnew([draws]: readonly Draws[], [changed]: readonly Draws[]): void {
  for (const kind of ["common", "own", "read"] as const) {
    for (const [name, values] of Object.entries((draws as Draws)[kind])) {
      if (name === "weight1") continue; // a bias begins at zero
      assert.not.equal((changed as Draws)[kind][name], values, `${name} does not follow the seed`);
    }
  }
}
