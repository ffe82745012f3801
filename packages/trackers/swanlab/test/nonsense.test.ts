import { nonsenseFaults, ONE_KIND } from "@acc/test-kit/faults/nonsense";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { deliveredRun } from "./delivered-run.ts";

const test = suite("SwanLab and answers that are not SwanLab's");

test("count as not delivered: nothing is lost, nothing is there twice", async () => {
  assert.equal(await nonsenseFaults(deliveredRun(), ONE_KIND), []);
});

test.run();
