import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { launch } from "../../src/launch/launch.ts";
import type { Outcome } from "./fixtures/unprepared-optimizer.ts";

const script = new URL("./fixtures/unprepared-optimizer.ts", import.meta.url);

export const outcomesOf = (numProcesses: number, backend: string): Promise<Outcome[]> =>
  launch<Outcome>(script, { numProcesses, args: [backend], timeoutMs: 60_000 });

export function testRefusal(test: Test, numProcesses: number, backend: string): void {
  test(`is refused on each of ${numProcesses} replicas, before it touches anything: ${backend}`, async () => {
    for (const [rank, one] of (await outcomesOf(numProcesses, backend)).entries()) {
      const { refused, free, warnings, again } = one;
      assert.is(warnings.length, rank === 0 ? 1 : 0, "one warning of what is trained apart");
      assert.equal(again, [], "and not a second one");
      if (rank === 0) assert.match(warnings[0] ?? "", /Each replica trains values of its own/);
      assert.ok(Object.keys(refused).length > 20);
      for (const [name, outcome] of Object.entries(refused))
        assert.equal(outcome, { code: "STATE_INVALID", weight: 1 }, name);
      for (const [name, code] of Object.entries(free)) assert.is(code, undefined, name);
    }
  });
}
