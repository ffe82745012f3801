import { suite } from "uvu";
import { testHolding } from "../../core/test/data/test-holding.ts";

const test = suite("tensors of datasets on onnx, of two replicas");

testHolding(test, new URL("./fixtures/hold-tensors.ts", import.meta.url), "onnx", 2);

test.run();
