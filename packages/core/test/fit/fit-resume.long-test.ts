import { suite } from "uvu";
import { ALL_CASES, testFitResume } from "./test-fit-resume.ts";

const test = suite("fit that is interrupted goes on as if it had not been, in every case");

testFitResume(test, {
  1: ALL_CASES,
  2: [
    "in the middle of an epoch",
    "in the second call of fit",
    "of a dataset, at the end of its data",
  ],
  3: ALL_CASES,
  4: ["in the middle of a window", "of an endless dataset"],
});

test.run();
