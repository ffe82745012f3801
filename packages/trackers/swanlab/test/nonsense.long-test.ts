import { ALL_KINDS, nonsenseFaults } from "@acc/test-kit/faults/nonsense";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { deliveredRun } from "./delivered-run.ts";

const test = suite("SwanLab and answers of many kinds that are not SwanLab's");

test("count as not delivered: nothing is lost, nothing is there twice", async () => {
  assert.equal(await nonsenseFaults(deliveredRun(), ALL_KINDS), []);
});

test.run();
