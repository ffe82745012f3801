import { suite } from "uvu";
import { testTwoRuns } from "./test-seeds.ts";

const test = suite("setSeed on onnx");

testTwoRuns(test);

test.run();
