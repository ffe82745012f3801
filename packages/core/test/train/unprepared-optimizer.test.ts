import { suite } from "uvu";
import * as assert from "uvu/assert";
import { outcomesOf, testRefusal } from "./test-unprepared-optimizer.ts";

const test = suite("an optimizer that was never prepared, on a prepared model");

testRefusal(test, 2, "wasm");

test("trains with one replica", async () => {
  const [only] = await outcomesOf(1, "cpu");
  for (const [name, { code }] of Object.entries(only?.refused ?? {}))
    assert.is(code, undefined, name);
  for (const [name, code] of Object.entries(only?.free ?? {})) assert.is(code, undefined, name);
  assert.equal(only?.warnings, []);
});

test.run();
