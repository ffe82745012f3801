import { suite } from "@acc/test-kit/suite";
import * as assert from "uvu/assert";
import { launched, testWarning } from "./test-repeated-training.ts";

const test = suite("a script without an accelerator that trains on every replica");

testWarning(test, "fit");

test.slow("a script that fails has its error only, and one replica trains once", () => {
  assert.equal(launched("fail", 2), { warnings: 0, status: 1 });
  assert.equal(launched("minimize", 1), { warnings: 0, status: 0 });
});

test.run();
