import { suite } from "uvu";
import { testHolding } from "../../core/test/data/test-holding.ts";

const test = suite("tensors of datasets on onnx");

const script = new URL("./fixtures/hold-tensors.ts", import.meta.url);

for (const numProcesses of [1, 2]) testHolding(test, script, "onnx", numProcesses);

test.run();
