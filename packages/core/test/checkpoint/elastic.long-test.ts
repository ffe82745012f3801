import { suite } from "uvu";
import { testElastic } from "./test-elastic.ts";

const test = suite("a launched run that is killed goes on with any number of replicas");

testElastic(test, [[2, 13], [1]]);
testElastic(test, [[3, 13], [2]]);
testElastic(test, [[2, 9], [3, 17], [1, 26], [4]]);
testElastic(test, [[3, 1], [2, 2], [3, 6], [2, 11], [1, 23], [3, 31], [2, 45], [4]]);
// Killed again before there is a new checkpoint.
testElastic(test, [[3, 18], [2, 18], [1, 18], [3, 19], [2, 19], [2]]);

test.run();
