import { suite } from "uvu";
import * as assert from "uvu/assert";
import { launch } from "../../src/launch/launch.ts";
import { failureOf } from "./failing-replica.ts";
import { testResults } from "./test-launch.ts";
import { watchThreads } from "./watch-threads.ts";

const test = suite("launch, of one and of many replicas, and of a busy one that is terminated");
const threads = watchThreads();

for (const numProcesses of [1, 5]) testResults(test, numProcesses);

test("rejects soon when a replica's thread is terminated from outside", async () => {
  const failedAt = new Float64Array(new SharedArrayBuffer(8));
  const known = threads.all.length;
  const args = ["spin", "after", failedAt];
  const run = failureOf(
    launch(new URL("./fixtures/fail.ts", import.meta.url), { numProcesses: 2, args }),
  );
  while (failedAt[0] === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  const started = Date.now();
  await threads.all[known + 1]?.terminate();
  const error = await run;
  assert.ok(Date.now() - started < 10_000);
  assert.match(error.message, /Replica 1 failed/);
  assert.is(threads.alive.size, 0);
});

test.run();
