import { suite } from "uvu";
import { testSamples, testTwoRuns } from "./test-seeds.ts";

const test = suite("setSeed on onnx, beside cpu");

testSamples(test);
testTwoRuns(test);

test.run();
