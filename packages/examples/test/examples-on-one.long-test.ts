import { suite } from "uvu";
import { checkExamples } from "./check-examples.ts";

const test = suite("all examples without launch");

checkExamples(test, "", undefined);
checkExamples(test, "by-feature", undefined);

test.run();
