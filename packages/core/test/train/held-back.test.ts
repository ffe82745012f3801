import { suite } from "uvu";
import * as assert from "uvu/assert";
import { launchCalls } from "../launch/launch-calls.ts";
import type { HeldBackOptions, HeldBackRun } from "./fixtures/held-back.ts";
import { testHeldBack } from "./test-held-back.ts";

const test = suite("gradients held back in joinUnevenInputs");

testHeldBack(test, [2]);

test("ranks that hold back different models are an error on all of them", async () => {
  const script = new URL("./fixtures/held-back.ts", import.meta.url);
  const options: HeldBackOptions = { samples: 7, held: "w-odd", mixed: true };
  const [ranks = []] = await launchCalls<HeldBackRun>(script, 2, [[options]]);
  assert.equal(
    ranks.map(({ code }) => code),
    ["COLLECTIVE_MISMATCH", "COLLECTIVE_MISMATCH"],
  );
});

test.run();
