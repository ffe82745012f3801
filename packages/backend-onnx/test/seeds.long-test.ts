import { suite } from "uvu";
import { testSamples } from "./test-seeds.ts";

const test = suite("setSeed on onnx, beside cpu");

testSamples(test);

test.run();
