import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RateLimit } from "../src/rate-limit.ts";

const test = suite("Comet rate limit");

test("lets no stretch of time have more than its share", async () => {
  const limit = new RateLimit(10, 150);
  const passed: { atMs: number; units: number }[] = [];
  const { signal } = new AbortController();
  for (const units of [4, 4, 4, 10, 1]) {
    await limit.take(units, signal);
    passed.push({ atMs: performance.now(), units });
  }
  for (const { atMs } of passed) {
    // Timers may be a fraction of a millisecond early.
    const within = passed.filter((one) => one.atMs >= atMs && one.atMs < atMs + 148);
    const units = within.reduce((sum, one) => sum + one.units, 0);
    assert.ok(units <= 10, JSON.stringify(passed));
  }
});

test("what is more than the share passes alone", async () => {
  const limit = new RateLimit(10, 100);
  const { signal } = new AbortController();
  await limit.take(50, signal);
  const before = performance.now();
  await limit.take(1, signal);
  assert.ok(performance.now() - before >= 95);
});

test("stops waiting when time is up", async () => {
  const limit = new RateLimit(1, 60_000);
  await limit.take(1, AbortSignal.timeout(1000));
  try {
    await limit.take(1, AbortSignal.timeout(20));
    assert.unreachable();
  } catch (error) {
    assert.is((error as Error).name, "AbortError");
  }
});

test.run();
