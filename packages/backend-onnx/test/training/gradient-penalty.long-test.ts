import { suite } from "uvu";
import { BACKENDS, testGradientPenalty } from "./test-gradient-penalty.ts";

const test = suite("a gradient inside the loss of a step, on all backends");

for (const backend of BACKENDS) {
  testGradientPenalty(test, backend, 1);
  testGradientPenalty(test, backend, 2);
}

test.run();
