/** Results of an epoch and masks beside steps that are replayed. */
import { launch } from "@acc/core";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("collected results beside replays");
type Seen = { faults: string[]; collected: number[]; sums: number[] };

test("inside of a step they are refused; outside they are right in every step", async () => {
  const script = new URL("./fixtures/collect-in-step.ts", import.meta.url);
  for (const { faults, collected, sums } of await launch<Seen>(script, { numProcesses: 2 })) {
    assert.match(faults[0] ?? "", /^STATE_INVALID: collector.add.*Add what it returns/);
    assert.match(faults[1] ?? "", /^STATE_INVALID: validMask.*Pass the mask/);
    assert.equal(collected, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    assert.equal(sums, [6, 22, 8], "each sample once, also in a padded batch");
  }
});

test.run();
