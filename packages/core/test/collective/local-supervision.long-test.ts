import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("signals of a script under plain node");
const SCRIPT = fileURLToPath(new URL("fixtures/no-loop.ts", import.meta.url));
const REGISTER = new URL("../../src/register-ts.mjs", import.meta.url).href;

/** @param pauses between signals, in milliseconds. @returns what ended the process. */
function ended(signals: readonly NodeJS.Signals[], pauseMs: number): Promise<string | null> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["--import", REGISTER, SCRIPT], { timeout: 50_000 });
    child.stdout.once("data", () => {
      for (const [i, signal] of signals.entries())
        setTimeout(() => child.kill(signal), i * pauseMs);
    });
    child.once("close", (_, signal) => resolve(signal));
  });
}

test("the second signal ends it at once, the first after some time", async () => {
  const [second, first] = await Promise.all([
    ended(["SIGTERM", "SIGINT"], 300),
    ended(["SIGTERM"], 0),
  ]);
  assert.is(second, "SIGINT");
  assert.is(first, "SIGTERM");
});

test.run();
