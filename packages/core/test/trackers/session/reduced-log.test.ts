import { suite } from "uvu";
import * as assert from "uvu/assert";
import { launch } from "../../../src/launch/launch.ts";
import type { ReducedResult } from "./fixtures/log-reduced.ts";
import { testReducedLog } from "./reduced-log.ts";

const test = suite("log with reduce");
const script = new URL("./fixtures/log-reduced.ts", import.meta.url);

testReducedLog(test, [1, 0, false]);
testReducedLog(test, [2, 1, true]);

test("ranks that log other steps are named", async () => {
  const [main] = await launch<ReducedResult>(script, {
    ...{ numProcesses: 2, args: [0, false, true], timeoutMs: 60_000 },
  });
  assert.equal(main?.logged.at(-1), ["log", { last: 1 }, 1000]);
  assert.match(
    String(main?.warnings),
    /rank 1 logs step 1001 where rank 0 logs step 1000.*same calls/,
  );
});

test.run();
