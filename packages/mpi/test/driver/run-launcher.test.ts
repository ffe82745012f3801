import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runLauncher } from "../../src/driver/run-launcher.ts";
import { runScript } from "./launchers.ts";

const test = suite("a launcher");

test("has its exit code, also that of a signal", async () => {
  assert.is((await runScript("exit 0")).exitCode, 0);
  assert.is((await runScript("exit 7")).exitCode, 7);
  assert.is((await runScript("kill -9 $$")).exitCode, 137);
});

test("that says 0 although a host has failed does not count as success", async () => {
  const { exitCode } = await runScript("echo '[b] acc: [REPLICA_FAILED] Replica 1 failed' >&2");
  assert.is(exitCode, 1);
  assert.is((await runScript("echo 'a script may say acc: [anything]' >&2")).exitCode, 0);
});

test("gets Ctrl-C, and may end in its own way", async () => {
  const script = "trap 'exit 130' INT; for i in $(seq 100); do sleep 0.05; done";
  const { exitCode, seconds } = await runScript(script, { abortAfterMs: 200 });
  assert.is(exitCode, 130);
  assert.ok(seconds < 1, `${seconds} s`);
});

test("that cannot be started is an error", async () => {
  const limits = { signal: new AbortController().signal, graceMs: 0 };
  try {
    await runLauncher("/nonexistent/mpiexec", [], limits);
    assert.unreachable();
  } catch (error) {
    assert.is((error as { code?: string }).code, "MPI_UNAVAILABLE");
  }
});

test.run();
