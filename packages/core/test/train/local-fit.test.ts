import { suite } from "uvu";
import * as assert from "uvu/assert";
import { launch } from "../../src/index.ts";

const test = suite("fit of a prepared model");
const script = new URL("./fixtures/local-fit.ts", import.meta.url);
const codesOf = (numProcesses: number) =>
  launch<(string | undefined)[]>(script, { numProcesses, timeoutMs: 30_000 });

for (const numProcesses of [2, 3]) {
  test(`is refused on each of ${numProcesses} replicas, until the model is freed`, async () => {
    const refused = new Array(4).fill("STATE_INVALID");
    for (const codes of await codesOf(numProcesses)) {
      assert.equal(codes, [...refused, undefined, undefined]);
    }
  });
}

test("trains with one replica", async () => {
  assert.equal(await codesOf(1), [new Array(6).fill(undefined)]);
});

test.run();
