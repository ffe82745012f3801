import { suite } from "uvu";
import { testAlike } from "./test-seeds.ts";

const test = suite("setSeed on onnx");

testAlike(test);

test.run();
