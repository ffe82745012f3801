import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { launch } from "../../src/launch/launch.ts";
import { scratch } from "./scratch-folder.ts";

const test = suite("a checkpoint of replicas that train apart, on other numbers of replicas");
const script = new URL("./fixtures/local-sgd.ts", import.meta.url);
const OUTER = { localSgdSteps: 3, outer: { learningRate: 0.7, momentum: 0.9 } };

for (const numProcesses of [1, 3, 4]) {
  test(`${numProcesses} replica(s) go on from the weights that there are`, async () => {
    const folder = join(scratch(), "apart");
    await launch(script, { numProcesses: 2, args: [OUTER, folder, { savedAt: 4 }] });
    const args = [OUTER, folder, { loads: true }];
    const ranks = await launch<number[][]>(script, { numProcesses, args });
    for (const values of ranks) {
      assert.is(values.length, 6);
      assert.ok(values.flat().every(Number.isFinite));
      assert.equal(values.at(-2), ranks[0]?.at(-2), "equal at the end");
    }
  });
}

test.run();
