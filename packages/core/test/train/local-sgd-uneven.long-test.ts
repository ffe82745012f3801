import { suite } from "uvu";
import { testLocalSgdUneven } from "./test-local-sgd-uneven.ts";

const test = suite("localSgd over data of unequal length, on three and four replicas");

testLocalSgdUneven(test, [3, 4]);

test.run();
