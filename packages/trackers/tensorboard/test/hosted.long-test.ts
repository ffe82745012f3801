import { suite } from "uvu";
import { testWholeRun } from "./test-hosted.ts";

const test = suite("TensorBoard on the host thread, of a script that ends its training");

testWholeRun(test, "end");

test.run();
