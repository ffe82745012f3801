import { suite } from "uvu";
import { ALL_CASES, testFitResume } from "./test-fit-resume.ts";

const test = suite("fit that is interrupted goes on as if it had not been, in every case");

testFitResume(test, { 1: ALL_CASES, 2: ALL_CASES, 3: ALL_CASES, 4: ALL_CASES });

test.run();
