import { fuzzedFaults } from "@acc/test-kit/faults/fuzzed-answers";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { deliveredRun } from "./delivered-run.ts";

const COUNT = Number(process.env.COUNT ?? 300);
const SEED = Number(process.env.SEED ?? 1); // the same answers in every run
const test = suite(`MLflow and answers at random (COUNT=${COUNT} SEED=${SEED})`);

test("end no attempt in another way than a later one can make good", async () => {
  assert.equal(await fuzzedFaults(deliveredRun(), { count: COUNT, seed: SEED }), []);
});

test("store no artifact under the name that a redirect gives", async () => {
  const seed = 1_000_000; // 307 with `location: xxx…`, and the server takes whatever is put there
  assert.equal(await fuzzedFaults(deliveredRun(), { count: 1, seed }), []);
});

test.run();
