import { suite } from "uvu";
import { checkExamples } from "./check-examples.ts";

const test = suite("examples without launch");

checkExamples(test, "", undefined);

test.run();
