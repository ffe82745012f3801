import { suite } from "uvu";
import * as assert from "uvu/assert";
import { launchCalls } from "../launch/launch-calls.ts";
import type { ReadUnprepared } from "./fixtures/read-unprepared.ts";

const test = suite("a loop over a loader instead of what prepare returned");
const script = new URL("./fixtures/read-unprepared.ts", import.meta.url);

for (const count of [1, 2]) {
  test(`is told once: ${count} replicas`, async () => {
    const [ranks = []] = await launchCalls<ReadUnprepared>(script, count, [[]]);
    for (const [rank, passes] of ranks.entries()) {
      const numbers = passes.map(({ warnings }) => warnings.length);
      assert.equal(numbers, count === 1 ? [0, 0, 0, 0] : [0, 0, 1, 0]);
      assert.equal(passes[1]?.samples, count === 1 ? [1, 2, 3, 4] : [1 + rank, 3 + rank]);
      assert.equal(passes[2]?.samples, [1, 2, 3, 4]);
      const [warning = "what prepare returned"] = passes[2]?.warnings ?? [];
      assert.match(warning, /what prepare returned/);
    }
  });
}

test.run();
