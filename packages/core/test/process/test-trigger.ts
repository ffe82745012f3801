import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { sharedLaunches } from "../launch/launch-calls.ts";
import type { Utilities } from "./fixtures/trigger.ts";

const script = new URL("./fixtures/trigger.ts", import.meta.url);
// A thread that was seeded stays so.
const CALLS = [[false], [true]];
const run = sharedLaunches<Utilities>(script, { 1: CALLS, 2: CALLS, 3: CALLS });

export function testTrigger(test: Test, numProcesses: number): void {
  for (const isSeeded of [false, true]) {
    test(`all ranks see a trigger once, and draw alike: ${numProcesses} replicas, ${isSeeded ? "" : "not "}seeded`, async () => {
      const ranks = await run(numProcesses, isSeeded);
      for (const { checks, other, afterMismatch, draws, dropped, unwraps } of ranks) {
        assert.equal(checks, [false, true, false, true, false]);
        assert.is(other, false, "another accelerator has a trigger of its own");
        const code = numProcesses === 1 ? "met" : "COLLECTIVE_MISMATCH";
        assert.equal(afterMismatch, [code, true], "a call that failed does not lose it");
        assert.equal(draws, ranks[0]?.draws);
        assert.is(new Set(draws.flat()).size, 6, "the numbers go on");
        assert.ok(unwraps);
        assert.is(ranks.filter((rank) => rank.dropped === dropped).length, 1, "dropout differs");
      }
    });
  }
}
