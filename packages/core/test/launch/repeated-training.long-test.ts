import { suite } from "uvu";
import { testSilence, testWarning } from "./test-repeated-training.ts";

const test = suite("other scripts without an accelerator that train on every replica");

for (const way of ["minimize", "exit"]) testWarning(test, way);
for (const way of ["apart", "predict", "result", "nothing", "collective"]) testSilence(test, way);

test.run();
