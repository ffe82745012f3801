/** A profile names what only a lazy backend does: computing when values are needed, and replaying steps. */
import { launch } from "@acc/core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Profiled } from "../../core/test/profile/fixtures/profiled.ts";

const test = suite("profile of the onnx backend");
const script = new URL("./fixtures/profiled.ts", import.meta.url);
const run = (numProcesses: number, ...args: unknown[]) =>
  launch<Profiled>(script, { numProcesses, args, timeoutMs: 60_000 });

test("a replayed step is one phase, with the exchange inside", async () => {
  const schedule = { wait: 4, active: 3, repeat: 1 };
  const ranks = await run(2, { schedule }, { steps: 8, backend: "onnx", compiled: true });
  for (const { traces, result } of ranks) {
    assert.is(result, "done");
    const [{ totals, path } = { totals: {}, path: "" }] = traces;
    assert.is(path, undefined);
    assert.is(totals.replay?.count, 3);
    assert.is(totals["all-reduce"]?.count, 3);
    assert.is(totals.backward, undefined);
  }
});

test("it says when it computes", async () => {
  const [rank] = await run(1, {}, { steps: 3, backend: "onnx" });
  assert.is(rank?.result, "done");
  assert.ok((rank?.traces[0]?.totals.compute?.count ?? 0) >= 3);
});

test.run();
