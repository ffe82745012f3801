import { suite } from "uvu";
import { testRefusedOptions } from "./test-refused-options.ts";

const test = suite("options of trackers, under node");

testRefusedOptions(test, undefined);

test.run();
