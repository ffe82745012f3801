import { suite } from "uvu";
import { testElastic } from "./test-elastic.ts";

const test = suite("a launched run that is killed goes on with fewer replicas");

testElastic(test, [[2, 13], [1]]);

test.run();
