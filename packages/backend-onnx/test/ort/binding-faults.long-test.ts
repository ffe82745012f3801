import { suite } from "uvu";
import { testFailureBesideBinding } from "./fail-beside-binding.ts";

const test = suite("a failure beside the binding of onnxruntime-node");

testFailureBesideBinding(test, 5);

test.run();
