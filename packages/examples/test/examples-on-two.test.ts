/** One of them; the long tests run all examples, on one replica and on two. */
import { suite } from "uvu";
import { checkExamples } from "./check-examples.ts";

const test = suite("examples on two replicas");

checkExamples(test, "", 2, ["quick-start.ts"]);

test.run();
