import { testMatrix } from "@acc/test-kit/resume/resume-matrix";
import { suite } from "uvu";

const test = suite("runs that go on, on the onnx backend");
const script = new URL("./fixtures/resume.ts", import.meta.url);

testMatrix(test, script, { backend: "onnx" });
testMatrix(test, script, { backend: "onnx", compiled: true });

test.run();
