import { suite } from "uvu";
import { testRandomState } from "./random-state.ts";

const test = suite("random states of several replicas, after all seeds");

for (const deviceSpecific of [false, true]) {
  testRandomState(test, deviceSpecific, [undefined, 7, 8], { onThree: true });
}

test.run();
