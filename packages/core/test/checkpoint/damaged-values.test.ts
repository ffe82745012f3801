import { suite } from "uvu";
import { testDamagedValues } from "./test-damaged-values.ts";

const test = suite("damaged values of a checkpoint");

testDamagedValues(test, 0.01);

test.run();
