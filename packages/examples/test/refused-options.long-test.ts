import { suite } from "uvu";
import { testRefusedOptions } from "./test-refused-options.ts";

const test = suite("options of trackers");

testRefusedOptions(test, undefined);
testRefusedOptions(test, 2);

test.run();
