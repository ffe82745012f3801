import { setTimeout as sleep } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { launch, SCRIPT, timesIn, whenTraining } from "./acc-launch.ts";

const test = suite("acc launch: deaths, orphans and the watchdog");

test("a process that was killed is started again", async () => {
  const { code, output } = await launch([
    "--num-processes",
    "1",
    "--max-restarts",
    "1",
    SCRIPT,
    "kill",
    "3",
  ]);
  assert.is(code, 137);
  assert.is(timesIn(output, "training\n"), 2, output);
});

test("three failures at the same step end it", async () => {
  const args = ["--num-processes", "1", "--max-restarts", "9", SCRIPT, "throw", "3"];
  const { code, output } = await launch(args);
  assert.is(code, 1);
  assert.match(output, "it failed 3 times at the same step (4)");
});

test("a run ends when the process that restarts it was killed", async () => {
  const marker = `orphan-${process.pid}`;
  const args = ["--num-processes", "1", "--max-restarts", "3", SCRIPT, "never", "0", marker];
  const { output } = await launch(
    args,
    whenTraining((child) => child.kill("SIGKILL")),
  );
  assert.match(output, "training"); // `close` came: nobody holds its output any more, so the run has ended
});

test("the watchdog ends a run that hangs, and names the replica", async () => {
  const { code, output } = await launch([
    "--num-processes",
    "2",
    "--watchdog-ms",
    "1500",
    SCRIPT,
    "spin",
    "5",
  ]);
  assert.is(code, 1);
  assert.match(output, /\[REPLICA_HUNG\] .*1500 ms; rank 1 did not move/);
});

test("SIGUSR1 says that there is nothing to save", async () => {
  const { output } = await launch(
    ["--num-processes", "2", SCRIPT, "never", "0"],
    whenTraining(async (child) => {
      child.kill("SIGUSR1");
      await sleep(500);
      child.kill("SIGTERM");
    }),
  );
  assert.match(output, "SIGUSR1: the script saves no checkpoints");
});

for (const [signal, expected] of [
  ["SIGTERM", 143],
  ["SIGINT", 130],
] as const) {
  test(`${signal} ends a run that saves no checkpoints at once, also through the process that restarts it`, async () => {
    const act = whenTraining((child) => child.kill(signal));
    const plain = await launch(["--num-processes", "2", SCRIPT, "never", "0"], act);
    assert.is(plain.code, expected, plain.output);
    const watched = await launch(
      ["--num-processes", "2", "--max-restarts", "3", SCRIPT, "never", "0"],
      whenTraining((child) => child.kill(signal)),
    );
    assert.is(watched.code, expected, watched.output);
    assert.not.match(watched.output, "restart 1");
  });
}

test.run();
