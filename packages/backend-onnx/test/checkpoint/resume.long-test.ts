import { testResume } from "@acc/test-kit/resume/resume-equality";
import { testMatrix } from "@acc/test-kit/resume/resume-matrix";
import { suite } from "uvu";

const test = suite("runs that go on, on the onnx backend");
const script = new URL("./fixtures/resume.ts", import.meta.url);

const backend = "onnx";

testResume(test, script, 1, [[{ backend, optimizer: "adam" }, 5]]);
testResume(test, script, 2, [
  [{ backend, compiled: true, optimizer: "adam", model: "batchNorm" }, 3],
]);
testMatrix(test, script, { backend });
testMatrix(test, script, { backend, compiled: true });

test.run();
