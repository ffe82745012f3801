import { suite } from "uvu";
import { checkExamples } from "./check-examples.ts";

const test = suite("all examples without launch"); // on two replicas each is run twice

checkExamples(test, "", undefined);
checkExamples(test, "by-feature", undefined);

test.run();
