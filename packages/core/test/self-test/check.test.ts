import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { AcceleratorError } from "../../src/index.ts";
import { requireEqual } from "../../src/self-test/check.ts";

const test = suite("comparisons of the self-test");

function faultOf(found: number[], expected: number[], tolerance?: number): AcceleratorError {
  try {
    requireEqual("gather", found, expected, tolerance);
  } catch (error) {
    return error as AcceleratorError;
  }
  throw new Error("they count as equal");
}

test("equal values pass, also those within the tolerance", () => {
  requireEqual("gather", [1, 2], Float32Array.of(1, 2));
  requireEqual("gather", [1.05], [1], 0.1);
});

test("the first difference is named", () => {
  const { code, message } = faultOf([1, 3], [1, 2]);
  assert.is(code, "SELF_TEST_FAILED");
  assert.match(message, "gather: value 1 of 2 is 3, expected 2. Report it");
  assert.match(faultOf([1.2], [1], 0.1).message, "is 1.2, expected 1 ± 0.1");
});

test("too few values, too many, and no numbers differ", () => {
  for (const found of [[1], [1, 2, 3], [1, Number.NaN]]) {
    assert.is(faultOf(found, [1, 2], 0.5).code, "SELF_TEST_FAILED");
  }
});

test.run();
