import { suite } from "uvu";
import * as assert from "uvu/assert";
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

test.run();
