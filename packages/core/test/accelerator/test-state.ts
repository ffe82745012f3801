import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { DistributedType } from "../../src/process/distributed-type.ts";
import { launchCalls } from "../launch/launch-calls.ts";
import type { State } from "./fixtures/state.ts";

const script = new URL("./fixtures/state.ts", import.meta.url);

export function testLoops(test: Test, numProcesses: number): void {
  test(`loops make their loaders active and give them up again: ${numProcesses} replicas`, async () => {
    const [ranks = []] = await launchCalls<State>(script, numProcesses, [[]]);
    for (const { outer, afterThrow, orders, ...rest } of ranks) {
      assert.equal(rest, {
        distributedType: numProcesses === 1 ? DistributedType.No : DistributedType.MultiCpu,
        multiDevice: false,
        isItself: true,
      });
      // Trace B of Accelerate: the end of the inner loop does not reach the outer one.
      assert.equal(outer, [
        ...["outer 1 F", "outer 1 F", "inner 2 F", "inner 2 F", "inner 2 T", "outer 1 F"],
        ...["outer 1 F", "outer 1 T", "none 0 F"],
      ]);
      assert.equal(afterThrow, ["inner 2 F", "outer 1 F", "none 0 F"]);
      const [first, afterSeed, own] = orders;
      assert.equal(orders, ranks[0]?.orders);
      assert.equal(afterSeed, first, "setSeed leaves the seed of the data alone");
      assert.not.equal(own, first, "the seed of a loader comes first");
      assert.is(new Set(first).size, 8 * numProcesses);
    }
  });
}
