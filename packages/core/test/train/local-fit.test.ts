import { suite } from "uvu";
import * as assert from "uvu/assert";
import { codesOf, testRefusal } from "./test-local-fit.ts";

const test = suite("fit of a prepared model");

testRefusal(test, 2);

test("trains with one replica", async () => {
  assert.equal(await codesOf(1), [new Array(6).fill(undefined)]);
});

test.run();
