import { suite } from "uvu";
import * as assert from "uvu/assert";
import { countsOf } from "../src/counts.ts";
import { messageOf, rootMessageOf } from "../src/error-message.ts";
import { flatten, leavesOf } from "../src/flatten.ts";
import { portions } from "../src/portions.ts";

const test = suite("values");

test("an empty object is a value by itself, or nothing", () => {
  const values = { a: { b: 1, none: {} }, empty: {}, c: [{}] };
  assert.equal(flatten(values, "."), [
    ["a.b", 1],
    ["c", [{}]],
  ]);
  assert.equal(leavesOf(values), [
    ["a/b", 1],
    ["a/none", {}],
    ["empty", {}],
    ["c", [{}]],
  ]);
});

test("portions keep the order and both limits; a text above the limit stands alone", () => {
  const limits = { maxItems: 2, maxBytes: 10 };
  assert.equal(portions(["a", "b", "c"], limits), [["a", "b"], ["c"]]);
  assert.equal(portions(["aaaaa", "é", "x".repeat(50), "z"], limits), [
    ["aaaaa"],
    ["é"],
    ["x".repeat(50)],
    ["z"],
  ]);
  assert.equal(portions([], limits), []);
});

test("the message of the first cause is found", () => {
  const refused = new AggregateError([new Error("ECONNREFUSED")]);
  const failed = new TypeError("fetch failed", { cause: refused });
  assert.is(rootMessageOf(new Error("outer", { cause: failed })), "ECONNREFUSED");
  assert.is(messageOf("text"), "text");
});

test("numbers are counted as NumPy counts them", () => {
  assert.equal(countsOf([1, 2, 2, 9], 4), { values: [3, 0, 0, 1], bins: [1, 3, 5, 7, 9] });
  assert.equal(countsOf([5, Number.NaN], 2), { values: [0, 1], bins: [4.5, 5, 5.5] });
  assert.is(countsOf([Number.POSITIVE_INFINITY], 2), undefined);
});

test.run();
