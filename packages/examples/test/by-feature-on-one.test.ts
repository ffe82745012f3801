/** One of them; the long tests run all of them on two replicas. */
import { suite } from "uvu";
import { checkExamples } from "./check-examples.ts";

const test = suite("examples by feature without launch");

checkExamples(test, "by-feature", undefined, ["by-feature/minimal.ts"]);

test.run();
