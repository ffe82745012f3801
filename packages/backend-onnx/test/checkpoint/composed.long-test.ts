import type { ComposedCase } from "@acc/test-kit/resume/composed-training";
import { testResume } from "@acc/test-kit/resume/resume-equality";
import { suite } from "uvu";

const test = suite(
  "a run with several models, or with parts of its own, goes on, on the onnx backend",
);
const script = new URL("./fixtures/composed.ts", import.meta.url);
const backend = "onnx";

testResume<ComposedCase>(test, script, 1, [[{ backend, program: "custom" }, 3]]);
testResume<ComposedCase>(test, script, 2, [
  [{ backend, program: "gan" }, 3],
  [{ backend, program: "custom" }, 3],
  [{ backend, program: "groups" }, 6],
  [{ backend, program: "shared" }, 7],
]);

test.run();
