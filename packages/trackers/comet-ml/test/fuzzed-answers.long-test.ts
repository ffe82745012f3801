import { fuzzedFaults } from "@acc/test-kit/faults/fuzzed-answers";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { deliveredRun } from "./delivered-run.ts";

const COUNT = Number(process.env.COUNT ?? 300);
const SEED = Number(process.env.SEED ?? 1); // the same answers in every run
const test = suite(`Comet and answers at random (COUNT=${COUNT} SEED=${SEED})`);

for (const isRestOnly of [false, true]) {
  const protocol = isRestOnly ? "the documented interface" : "the protocol of its client";
  test(`end no attempt in another way than a later one can make good, by ${protocol}`, async () => {
    assert.equal(
      await fuzzedFaults(deliveredRun(isRestOnly), { count: COUNT / 2, seed: SEED }),
      [],
    );
  });
}

test.run();
