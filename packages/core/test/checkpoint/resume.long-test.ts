import { testResume } from "@acc/test-kit/resume/resume-equality";
import { testMatrix } from "@acc/test-kit/resume/resume-matrix";
import { suite } from "uvu";

const test = suite("a run that goes on, with other optimizers and models");
const script = new URL("./fixtures/resume.ts", import.meta.url);

testResume(test, script, 1, [
  [{ optimizer: "centered", model: "dropout" }, 22],
  [{ optimizer: "sgd" }, 5],
  [{ optimizer: "adamax" }, 11],
  [{ optimizer: "adagrad", model: "conv" }, 12],
  [{ optimizer: "adadelta" }, 7],
]);
testResume(test, script, 2, [
  [{ optimizer: "adamW", model: "transformer" }, 6],
  [{ optimizer: "rmsprop", model: "lstm" }, 7],
]);
testResume(test, script, 3, [[{ model: "batchNorm" }, 3]]);
testMatrix(test, script, { backend: "wasm" });

test.run();
