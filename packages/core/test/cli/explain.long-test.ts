import { suite } from "uvu";
import { testSignal } from "./test-explain.ts";

const test = suite("acc launch in one process: where replicas stand");

testSignal(test, []);

test.run();
