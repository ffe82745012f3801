import { suite } from "uvu";
import { SEED, testDamage } from "./test-damage.ts";

const test = suite(`damaged journals (SEED=${SEED})`);

testDamage(test, 500);

test.run();
