import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sharedLaunches } from "../launch/launch-calls.ts";
import { scratch } from "./scratch-folder.ts";

const test = suite("saves and loads that overlap, and objects that fail");
const script = new URL("./fixtures/overlapping-calls.ts", import.meta.url);
const METHODS = ["stateDict", "loadStateDict"] as const;
const root = scratch();
const run = sharedLaunches<unknown>(script, {
  2: [
    ["overlap", `${root}/overlap`],
    ...METHODS.map((method) => ["failing", `${root}/${method}`, method]),
  ],
});

test("one follows the other, in the order of the calls", async () => {
  for (const one of await run(2, "overlap", `${root}/overlap`)) {
    // The third save has the weights of three steps, and the load behind it finds them.
    assert.equal(one, { iterations: [0, 1, 2], loaded: 2, seen: [[-2], [0], [0]] });
  }
});

for (const method of METHODS) {
  test(`an error of ${method} on the last rank is one on every rank, and the ranks still meet`, async () => {
    const errors = await run(2, "failing", `${root}/${method}`, method);
    assert.is(errors.length, 2);
    for (const error of errors as { code: string; message: string }[]) {
      assert.is(error?.code, "CHECKPOINT_FAILED");
      assert.match(error.message, `${method} of object 0 of registerForCheckpointing failed`);
      assert.match(error.message, /of the user/);
    }
  });
}

test.run();
