/** One of them; the long tests run all. */
import { suite } from "uvu";
import { checkExamples } from "./check-examples.ts";

const test = suite("examples without launch");

checkExamples(test, "", undefined, ["tracking.ts"]);

test.run();
