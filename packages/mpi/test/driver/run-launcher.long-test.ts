import { spawnSync } from "node:child_process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runScript } from "./launchers.ts";

const test = suite("a launcher that stays behind its job");
const DEAF = "trap '' TERM INT";

test("is killed after the error of a host, with what it has started, though it ignores SIGTERM", async () => {
  const marker = `acc-stays-${process.pid}`;
  const script = `${DEAF}; echo 'acc: [COLLECTIVE_TIMEOUT] a host is away' >&2; bash -c 'sleep 60 # ${marker}'; sleep 60`;
  const { exitCode, seconds } = await runScript(script);
  assert.is(exitCode, 137);
  assert.ok(seconds > 6 && seconds < 9, `${seconds} s`);
  assert.is(spawnSync("pgrep", ["-f", `# ${marker}`], { encoding: "utf8" }).stdout, "");
});

test("is killed after Ctrl-C, when the time for a checkpoint is over", async () => {
  const stays = `${DEAF}; for i in $(seq 600); do sleep 0.1; done`;
  const { exitCode, seconds } = await runScript(stays, { abortAfterMs: 200, graceMs: 1000 });
  assert.is(exitCode, 137);
  assert.ok(seconds > 3 && seconds < 5, `${seconds} s`);
});

test.run();
