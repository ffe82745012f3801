/** The long tests run all examples on two replicas, twice. */
import { suite } from "uvu";
import { checkExamples } from "./check-examples.ts";

const test = suite("examples on two replicas");

checkExamples(test, "", 2, ["quick-start.ts", "tracking.ts"]);

test.run();
