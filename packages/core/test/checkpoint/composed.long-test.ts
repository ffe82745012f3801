import type { ComposedCase } from "@acc/test-kit/resume/composed-training";
import { testResume } from "@acc/test-kit/resume/resume-equality";
import { suite } from "uvu";

const test = suite("a run with several models, or with parts of its own, goes on");
const script = new URL("./fixtures/composed.ts", import.meta.url);
const backend = "wasm";

testResume<ComposedCase>(test, script, 1, [
  [{ backend, program: "groups" }, 5],
  [{ backend, program: "shared" }, 7],
  [{ backend, program: "gan", accumulate: 1 }, 4],
  [{ backend, program: "custom" }, 12],
]);
testResume<ComposedCase>(test, script, 2, [
  [{ backend, program: "groups" }, 5],
  [{ backend, program: "shared" }, 7],
  [{ backend, program: "gan" }, 3],
  [{ backend, program: "custom" }, 3],
]);

test.run();
