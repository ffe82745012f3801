import { suite } from "@acc/test-kit/suite";
import * as assert from "uvu/assert";
import { sharedLaunches } from "../launch/launch-calls.ts";

type Outcome = { readonly faults: readonly string[]; readonly weights: readonly number[] };

const test = suite("the tf.train optimizer itself, after prepare");
const script = new URL("./fixtures/raw-optimizer.ts", import.meta.url);
const run = sharedLaunches<Outcome>(script, {
  1: [["cpu", "sgd"]],
  2: ["cpu", "wasm"].flatMap((backend) => ["sgd", "adam"].map((name) => [backend, name])),
  4: [["cpu", "adam"]],
});

const CASES = [
  ...["sgd", "adam"].flatMap((name) => ["cpu", "wasm"].map((backend) => [2, name, backend])),
  [4, "adam", "cpu"],
] as const;

for (const [count, name, backend] of CASES) {
  const register = count === 2 ? test : test.slow;
  register(`cannot update a replica alone: ${name} on ${backend}, ${count} replicas`, async () => {
    const ranks = await run(Number(count), backend, name);
    assert.is(ranks.length, count);
    for (const { faults, weights } of ranks) {
      assert.is(faults.length, 2);
      assert.match(faults[0] ?? "", /minimize.*what prepare returned/);
      assert.match(faults[1] ?? "", /applyGradients.*what prepare returned/);
      assert.equal(weights.slice(0, 2), [1, 1], "nothing was touched");
      const [, , prepared = 1, freed = 1] = weights;
      assert.ok(prepared < 1, "the prepared optimizer still updates");
      assert.ok(freed < prepared, "and the first one does once the accelerator has let go of it");
    }
    for (const { weights } of ranks) {
      assert.is(weights[2], ranks[0]?.weights[2], "the same on all replicas");
    }
  });
}

test("may update with one replica", async () => {
  const [only] = await run(1, "cpu", "sgd");
  assert.equal(only?.faults, []);
  assert.ok((only?.weights[1] ?? 1) < (only?.weights[0] ?? 1));
});

test.run();
