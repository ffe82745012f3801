import { suite } from "uvu";
import { checkExamples, checkRepetition } from "./check-examples.ts";

const test = suite("examples on one, the large ones twice");

checkRepetition(test, "", undefined);
checkExamples(test, "by-feature", undefined); // those are run twice on two replicas

test.run();
