import { suite } from "uvu";
import { testAlike, testSamples, testTwoRuns } from "./test-seeds.ts";

const test = suite("setSeed on onnx");

testAlike(test);
testSamples(test);
testTwoRuns(test);

test.run();
