import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Heartbeat } from "@acc/tracker-kit";
import * as assert from "uvu/assert";
import { onlineSuite, runOf, start } from "./online-suite.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const test = onlineSuite("W&B online: signs of life");

test("a run that is stopped in the browser is told so once", async ({ stub }) => {
  const recording = await start(stub);
  recording.log({ m: 1 }, 0);
  await recording.deliverRest();
  runOf(stub).stopped = true;
  recording.log({ m: 1 }, 1);
  recording.log({ m: 1 }, 2);
  await recording.deliverRest(1);
  assert.is(recording.warnings.filter((text) => /stopped in the browser/.test(text)).length, 1);
  await recording.finish();
});

test("heartbeats while nothing is logged; a busy run sends none", async () => {
  const heartbeat = new Heartbeat();
  let beats = 0;
  await new Promise<void>((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error("no heartbeat within 5 s")), 5000);
    const beat = async () => {
      beats++;
      if (beats < 3) throw new Error("down");
      clearTimeout(limit);
      resolve();
    };
    heartbeat.start({ everyMs: 20, beat });
  });
  heartbeat.stop();
  assert.is(beats, 3);
  const busy = new Heartbeat();
  let busyBeats = 0;
  busy.start({
    everyMs: 5,
    lastSentMs: Date.now,
    beat: async () => {
      busyBeats++;
    },
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  busy.stop();
  assert.is(busyBeats, 0);
});

test("an open run does not keep the process alive", async ({ stub }) => {
  const script = fileURLToPath(new URL("fixtures/open-run.ts", import.meta.url));
  const child = spawn(
    process.execPath,
    [...process.execArgv, script, stub.url, temporaryFolder()],
    {
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  const code = await new Promise((resolve) => {
    const limit = setTimeout(() => child.kill("SIGKILL"), 15_000);
    child.on("close", (exit) => {
      clearTimeout(limit);
      resolve(exit);
    });
  });
  assert.is(code, 0);
  assert.is(runOf(stub).history.length, 1);
});

test.run();
