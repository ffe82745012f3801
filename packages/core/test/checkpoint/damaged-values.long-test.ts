import { suite } from "uvu";
import { testDamagedValues } from "./test-damaged-values.ts";

const test = suite("damaged values of a checkpoint, all of them");

testDamagedValues(test, 1);

test.run();
