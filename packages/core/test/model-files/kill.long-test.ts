import { suite } from "uvu";
import { testKills } from "./test-kills.ts";

const test = suite("processes that are killed while they save a model");

testKills(test, 6);

test.run();
