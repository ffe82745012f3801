import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { launchCalls } from "../launch/launch-calls.ts";

const script = new URL("./fixtures/collect-wrongly.ts", import.meta.url);

/** Tests that each of so many ranks is told what is wrong. */
export function testRefusals(test: Test, numProcesses: number): void {
  test(`every rank is told what is wrong, and the next pass works: ${numProcesses} replicas`, async () => {
    const [ranks = []] = await launchCalls<string[]>(script, numProcesses, [[]]);
    for (const [nothing = "", differing = "", last = ""] of ranks) {
      assert.match(nothing, /^VALUE_INVALID: .*nothing was added/);
      if (numProcesses === 1) {
        assert.is(differing, "0,1");
        assert.match(last, /nothing was added/);
        continue;
      }
      assert.match(differing, /^VALUE_INVALID: .*differs in form: float32\[\*\], float32\[\*,2\]/);
      assert.is(last, numProcesses === 2 ? "1,3" : "1,2,4,5", "a rank may have nothing");
    }
  });
}
