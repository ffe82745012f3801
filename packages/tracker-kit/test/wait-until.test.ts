import { suite } from "uvu";
import * as assert from "uvu/assert";
import { waitUntil } from "../src/wait-until.ts";

const test = suite("waiting until a delivery is due");

test("takes as long as that is away, and no time if it is past", async () => {
  const { signal } = new AbortController();
  const dueMs = Date.now() + 50;
  await waitUntil(dueMs, "The delivery", signal);
  assert.ok(Date.now() >= dueMs - 1); // timers may be early by a part of a millisecond
  const before = performance.now();
  await waitUntil(Date.now() - 1000, "The delivery", signal);
  assert.ok(performance.now() - before < 1000);
});

test("ends when it is stopped, so that the events are delivered later", async () => {
  const stop = new AbortController();
  const waiting = waitUntil(Date.now() + 60_000, "The delivery", stop.signal);
  stop.abort();
  const error = await waiting.catch((reason: Error) => reason);
  assert.is(error?.name, "TrackerUnreachableError");
  assert.is(error?.message, "The delivery was stopped.");
});

test.run();
