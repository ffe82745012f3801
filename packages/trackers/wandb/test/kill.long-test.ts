import { suite } from "uvu";
import * as assert from "uvu/assert";
import { KEY, online, start, sync, temporary, withStub } from "./fixtures/run-script.ts";
import { stopAfter } from "./fixtures/stop-after.ts";
import type { StubRun } from "./fixtures/vectors/stub.mjs";
import { looseParse } from "./read-run.ts";

const test = suite("W&B and kill -9");

/** Kills the process up to 1.5 s after its first row, at a random moment. */
async function killWhileLogging(dir: string, env: Record<string, string>) {
  const child = start("steady.ts", [dir], env);
  let output = "";
  let killedMs = 0;
  child.stdout.setEncoding("utf8").on("data", (text) => (output += text));
  child.stderr.resume();
  child.stdout.once("data", () => {
    setTimeout(() => {
      killedMs = Date.now();
      child.kill("SIGKILL");
    }, Math.random() * 1500);
  });
  await stopAfter(child, 60_000);
  const said = [...output.matchAll(/^(\d{13}) (\d+)$/gm)].map(([, ms, step]) => [
    Number(ms),
    Number(step),
  ]);
  return { said: said as [number, number][], killedMs };
}

test("killed at any moment: every row once, at most the last ones missing", async () => {
  await withStub(async (stub) => {
    for (let kill = 0; kill < 5; kill++) {
      const dir = temporary();
      const id = `kill-${kill}`;
      const { said, killedMs } = await killWhileLogging(dir, {
        ...online(stub.url),
        WANDB_RUN_ID: id,
      });
      const { code, output } = await sync(dir, { WANDB_API_KEY: KEY });
      assert.is(code, 0, output);
      const { history, offsetErrors, complete, exitcode } = stub.state.runs[
        `acc/proj/${id}`
      ] as StubRun;
      const steps = history.map((line) => (looseParse(line) as { _step: number })._step);
      assert.equal(steps, [...steps.keys()], "a row is missing or there twice");
      assert.equal([offsetErrors, complete, exitcode], [[], true, 1]);
      // The journal promises all but the last 100 ms; a busy machine gets ten times that.
      const safe = said.filter(([ms]) => ms < killedMs - 1000).length;
      assert.ok(steps.length >= safe, `${steps.length} rows of ${safe}`);
    }
  });
});

test.run();
