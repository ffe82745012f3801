/** The long tests run all examples, on one replica and on two. */
import { suite } from "uvu";
import { checkExamples } from "./check-examples.ts";

const test = suite("examples of data without launch");

checkExamples(test, "by-feature", undefined, [
  "by-feature/evaluation.ts",
  "by-feature/iterable-source.ts",
]);

test.run();
