import { suite } from "uvu";
import { testHeldBack } from "../../../core/test/train/test-held-back.ts";

const test = suite("gradients held back in joinUnevenInputs, on onnx");

const entry = new URL("../fixtures/call-each.ts", import.meta.url);

testHeldBack(test, [1, 2, 3], { backend: "onnx" }, entry);
// So many samples that the step is replayed in every state of the gradients.
testHeldBack(test, [1, 2, 3, 4], { backend: "onnx", compiled: true, samples: 61 }, entry);

test.run();
