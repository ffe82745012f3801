import { testResume } from "@acc/test-kit/resume/resume-equality";
import { suite } from "@acc/test-kit/suite";

const test = suite("a run that goes on");
const script = new URL("./fixtures/resume.ts", import.meta.url);

testResume(test.slow, script, 1, [
  [{ optimizer: "momentum" }, 4],
  [{ optimizer: "adam", model: "layers" }, 0],
]);
// In the middle of a window each rank has averages of its own: those of rank 0 belong into the file.
testResume(test, script, 2, [[{ optimizer: "adam", model: "batchNorm" }, 3]]);

test.run();
