import { suite } from "uvu";
import { testAllRanks } from "./test-all-ranks.ts";

const test = suite("models at file:// URLs, saved by one replica and by two");

testAllRanks(test, 1, "cpu");
testAllRanks(test, 2, "wasm");

test.run();
