import { suite } from "uvu";
import { testLocalSgdUneven } from "./test-local-sgd-uneven.ts";

const test = suite("localSgd over data of unequal length");

testLocalSgdUneven(test, [2]);

test.run();
