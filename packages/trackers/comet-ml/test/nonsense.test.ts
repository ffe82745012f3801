import { nonsenseFaults, ONE_KIND } from "@acc/test-kit/faults/nonsense";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { deliveredRun } from "./delivered-run.ts";

const test = suite("Comet and answers that are not Comet's");

for (const isRestOnly of [false, true]) {
  const protocol = isRestOnly ? "the documented interface" : "the protocol of its client";
  test(`count as not delivered: nothing is lost, by ${protocol}`, async () => {
    assert.equal(await nonsenseFaults(deliveredRun(isRestOnly), ONE_KIND), []);
  });
}

test.run();
