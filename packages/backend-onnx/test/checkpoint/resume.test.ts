import { testResume } from "@acc/test-kit/resume/resume-equality";
import { suite } from "uvu";

const test = suite("a run that goes on, on the onnx backend");
const script = new URL("./fixtures/resume.ts", import.meta.url);
const backend = "onnx";

testResume(test, script, 1, [
  [{ backend, compiled: true, optimizer: "momentum", model: "dropout" }, 12],
]);

test.run();
