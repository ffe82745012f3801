import { suite } from "uvu";
import { testMoves } from "./test-moves.ts";

const test = suite("collectives in shared memory, of many ranks");

testMoves(test, 8);

test.run();
