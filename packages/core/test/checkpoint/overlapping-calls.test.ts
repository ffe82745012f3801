import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sharedLaunches } from "../launch/launch-calls.ts";
import { scratch } from "./scratch-folder.ts";

const test = suite("saves and loads that overlap, and objects that fail");
const script = new URL("./fixtures/overlapping-calls.ts", import.meta.url);
const METHODS = ["stateDict", "loadStateDict"] as const;
const root = scratch();
const calls = (ranks: number) => [
  ["overlap", `${root}/overlap-${ranks}`],
  ...METHODS.map((method) => ["failing", `${root}/${method}-${ranks}`, method]),
];
const run = sharedLaunches<unknown>(script, { 1: calls(1), 2: calls(2) });

for (const ranks of [1, 2]) {
  test(`one follows the other, in the order of the calls: ${ranks} replica(s)`, async () => {
    for (const one of await run(ranks, "overlap", `${root}/overlap-${ranks}`)) {
      // The third save has the weights of three steps, and the load behind it finds them.
      assert.equal(one, { iterations: [0, 1, 2], loaded: 2, seen: [[-2], [0], [0]] });
    }
  });

  for (const method of METHODS) {
    test(`an error of ${method} is one on every rank, and the ranks still meet: ${ranks} replica(s)`, async () => {
      const errors = await run(ranks, "failing", `${root}/${method}-${ranks}`, method);
      assert.is(errors.length, ranks);
      for (const error of errors as { code: string; message: string }[]) {
        assert.is(error?.code, "CHECKPOINT_FAILED");
        assert.match(error.message, `${method} of object 0 of registerForCheckpointing failed`);
        assert.match(error.message, /of the user/);
      }
    });
  }
}

test.run();
