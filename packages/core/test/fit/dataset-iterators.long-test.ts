import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sharedLaunches } from "../launch/launch-calls.ts";
import type { Outcome, Scene } from "./fixtures/dataset-iterators.ts";

const test = suite("fitDataset of the group: iterators");
const script = new URL("./fixtures/dataset-iterators.ts", import.meta.url);
const TOLERANCE = 1e-6;

const SCENES = {
  "whose last batch comes with the end": "lastWithDone",
  "that is a generator function": "generatorFunction",
  "that shuffles": "shuffled",
} as const satisfies Record<string, Scene>;
const calls = [...Object.values(SCENES), "empty"].map((scene) => [scene]);
const trainOn = sharedLaunches<Outcome | string>(script, { 1: calls, 3: calls });

for (const [name, scene] of Object.entries(SCENES)) {
  test(`a dataset ${name}: three replicas learn what one learns`, async () => {
    const [alone] = (await trainOn(1, scene)) as Outcome[];
    const expected = [...(alone as Outcome).losses, ...(alone as Outcome).weights];
    assert.is(expected.length, 6);
    for (const rank of (await trainOn(3, scene)) as Outcome[]) {
      assert.is(rank.batches, 6, "every batch once in an epoch");
      const found = [...rank.losses, ...rank.weights];
      const difference = Math.max(...expected.map((v, i) => Math.abs(v - Number(found[i]))));
      assert.ok(difference <= TOLERANCE, `differs by ${difference}`);
    }
  });
}

test("a batch without samples cannot be shared out", async () => {
  assert.equal(await trainOn(3, "empty"), new Array(3).fill("DATA_INVALID"));
});

test.run();
