import { suite } from "uvu";
import { sharedLaunches } from "../launch/launch-calls.ts";
import {
  METRICS_CALLS,
  testCollectives,
  testGatherForMetrics,
  testLastResults,
} from "./test-collectives.ts";

const test = suite("collectives of one and of four replicas");
const script = new URL("./fixtures/collect.ts", import.meta.url);
const run = sharedLaunches<unknown>(script, {
  1: [["collectives"], ["lastResults"]],
  4: [["collectives"], ["lastResults"], ...METRICS_CALLS],
});

for (const P of [1, 4]) {
  testCollectives(test, P, run);
  testLastResults(test, P, run);
}
testGatherForMetrics(test, 4, run);

test.run();
