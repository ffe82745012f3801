import { suite } from "uvu";
import { testParity } from "./test-parity.ts";

const test = suite("data parallelism");

const CASES = [["mlp", "adam"] as const, ["cnn", "momentum"] as const];
testParity(test, [2], CASES);

test.run();
