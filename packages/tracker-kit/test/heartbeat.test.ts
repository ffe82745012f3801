import { setTimeout as sleep } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Heartbeat } from "../src/heartbeat.ts";

const test = suite("Heartbeat");

test("beats until it is stopped, also after a beat that failed", async () => {
  const heartbeat = new Heartbeat();
  let beats = 0;
  await new Promise<void>((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error("no third beat within 5 s")), 5000);
    const beat = async () => {
      beats += 1;
      if (beats < 3) throw new Error("down");
      clearTimeout(limit);
      resolve();
    };
    heartbeat.start({ everyMs: 20, beat });
  });
  assert.ok(heartbeat.isRunning);
  heartbeat.stop();
  assert.not.ok(heartbeat.isRunning);
  await sleep(100);
  assert.is(beats, 3);
});

test("a run that the service has just heard of needs no beat", async () => {
  const heartbeat = new Heartbeat();
  let beats = 0;
  const beat = async () => {
    beats += 1;
  };
  heartbeat.start({ everyMs: 5, beat, lastSentMs: Date.now });
  await sleep(50);
  heartbeat.stop();
  assert.is(beats, 0);
});

test.run();
