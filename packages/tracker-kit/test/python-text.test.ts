import { suite } from "uvu";
import * as assert from "uvu/assert";
import { pythonNumber, pythonText } from "../src/python-text.ts";

const test = suite("Python's text");

test("numbers are written as Python's str writes them", () => {
  const texts: [number | bigint, string][] = [
    [1e17, "1e+17"],
    [-1e17, "-1e+17"],
    [1.5e16, "1.5e+16"],
    [2 ** 53, "9007199254740992.0"],
    [2 ** 53 - 1, "9007199254740991"],
    [1e-5, "1e-05"],
    [1e-4, "0.0001"],
    [1.25e-7, "1.25e-07"],
    [1e300, "1e+300"],
    [5e-324, "5e-324"],
    [0.1, "0.1"],
    [-0, "-0.0"],
    [Number.NaN, "nan"],
    [Number.NEGATIVE_INFINITY, "-inf"],
    [10n ** 20n, "100000000000000000000"],
  ];
  for (const [value, text] of texts) assert.is(pythonNumber(value), text);
});

test("a number reads the same by itself and within a list", () => {
  assert.is(pythonText([1e17, 0.1, true, null, "it's"]), `[1e+17, 0.1, True, None, "it's"]`);
  assert.is(pythonText({ a: Float64Array.of(1e17) }), "{'a': [1e+17]}");
});

test.run();
