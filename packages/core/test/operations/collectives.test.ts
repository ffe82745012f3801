import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sharedLaunches } from "../launch/launch-calls.ts";
import {
  METRICS_CALLS,
  testCollectives,
  testGatherForMetrics,
  testLastResults,
} from "./test-collectives.ts";

const test = suite("collectives of the accelerator");
const script = new URL("./fixtures/collect.ts", import.meta.url);
const run = sharedLaunches<unknown>(script, {
  2: [["collectives"], ["shapes"], ["models"]],
  3: [["collectives"], ["lastResults"], ...METRICS_CALLS],
});

for (const P of [2, 3]) testCollectives(test, P, run);
testGatherForMetrics(test, 3, run);

testLastResults(test, 3, run);

test("all ranks throw when shapes differ, though sizes do not", async () => {
  for (const result of (await run(2, "shapes")) as string[]) {
    assert.match(result, /^COLLECTIVE_MISMATCH/);
    assert.match(result, "float32[4, 2]");
    assert.match(result, "float32[2, 4]");
  }
});

test("all ranks throw when they prepare different models", async () => {
  for (const result of (await run(2, "models")) as string[]) {
    assert.match(result, /^MODEL_MISMATCH/);
    assert.match(result, "float32[2, 3]");
    assert.match(result, "float32[2, 4]");
  }
});

test.run();
