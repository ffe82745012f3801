import { suite } from "uvu";
import { testGradientPenalty } from "./test-gradient-penalty.ts";

const test = suite("a gradient inside the loss of a step");

testGradientPenalty(test, "onnx", 1);

test.run();
