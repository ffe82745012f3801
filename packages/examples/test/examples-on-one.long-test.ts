import { suite } from "uvu";
import { checkExamples } from "./check-examples.ts";

const test = suite("large examples without launch"); // all run on two replicas

checkExamples(test, "", undefined);

test.run();
