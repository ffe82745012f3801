import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sharedLaunches } from "../launch/launch-calls.ts";
import { scratch } from "./scratch-folder.ts";

const test = suite("a checkpoint of replicas that train apart");
const script = new URL("./fixtures/local-sgd.ts", import.meta.url);
const root = scratch();
const folderOf = (name: string) => join(root, name);

const PLAIN = { localSgdSteps: 3 };
const OUTER = { localSgdSteps: 3, outer: { learningRate: 0.7, momentum: 0.9 } };
/** Between two exchanges, and at one, where only the moments differ. */
const CASES = [
  [PLAIN, "apart", 4],
  [OUTER, "outer", 4],
  [OUTER, "exchanged", 6],
] as const;
const run = sharedLaunches<number[][]>(script, {
  2: CASES.flatMap(([options, name, savedAt]) => [
    [options, folderOf(name), { savedAt, prints: true }],
    [options, folderOf(name), { loads: true, prints: true }],
  ]),
});

for (const [options, name, savedAt] of CASES) {
  test(`${name}: each rank goes on with the bits that it had`, async () => {
    const whole = await run(2, options, folderOf(name), { savedAt, prints: true });
    const resumed = await run(2, options, folderOf(name), { loads: true, prints: true });
    for (const [rank, values] of whole.entries()) {
      assert.equal(resumed[rank], values.slice(savedAt), `rank ${rank}`);
    }
    assert.equal(whole[0]?.at(-1), whole[1]?.at(-1), "one fingerprint");
    assert.not.equal(whole[0]?.[4], whole[1]?.[4], "the ranks were apart");
  });
}

test.run();
