import { suite } from "uvu";
import { SEED, testDamage } from "./test-damage.ts";

const test = suite(`many damaged journals (SEED=${SEED})`);

testDamage(test, Number(process.env.JOURNALS ?? 2000));

test.run();
