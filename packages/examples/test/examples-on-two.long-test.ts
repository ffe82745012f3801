import { suite } from "uvu";
import { checkExamples, checkRepetition } from "./check-examples.ts";

const test = suite("all examples on two, the large ones twice");

checkRepetition(test, "", 2);
checkExamples(test, "by-feature", 2);

test.run();
