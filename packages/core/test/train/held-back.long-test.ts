import { suite } from "uvu";
import { testHeldBack } from "./test-held-back.ts";

const test = suite("gradients held back in joinUnevenInputs, on one replica and on three");

testHeldBack(test, [1, 3]);

test.run();
