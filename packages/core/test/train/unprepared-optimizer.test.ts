import { suite } from "uvu";
import * as assert from "uvu/assert";
import { launch } from "../../src/index.ts";
import type { Outcome } from "./fixtures/unprepared-optimizer.ts";

const test = suite("an optimizer that was never prepared, on a prepared model");
const script = new URL("./fixtures/unprepared-optimizer.ts", import.meta.url);
const outcomesOf = (numProcesses: number, backend: string) =>
  launch<Outcome>(script, { numProcesses, args: [backend], timeoutMs: 60_000 });

for (const [numProcesses, backend] of [
  [2, "cpu"],
  [3, "cpu"],
  [2, "wasm"],
] as const) {
  test(`is refused on each of ${numProcesses} replicas, before it touches anything: ${backend}`, async () => {
    for (const { refused, free } of await outcomesOf(numProcesses, backend)) {
      assert.ok(Object.keys(refused).length > 20);
      for (const [name, outcome] of Object.entries(refused))
        assert.equal(outcome, { code: "STATE_INVALID", weight: 1 }, name);
      for (const [name, code] of Object.entries(free)) assert.is(code, undefined, name);
    }
  });
}

test("trains with one replica", async () => {
  const [only] = await outcomesOf(1, "cpu");
  for (const [name, { code }] of Object.entries(only?.refused ?? {}))
    assert.is(code, undefined, name);
  for (const [name, code] of Object.entries(only?.free ?? {})) assert.is(code, undefined, name);
});

test.run();
