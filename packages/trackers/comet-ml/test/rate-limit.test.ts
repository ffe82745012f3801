import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RateLimit } from "../src/client/rate-limit.ts";

const test = suite("Comet rate limit");

test("lets no period of time have more than its share", async () => {
  const limit = new RateLimit(10, 150);
  const passed: { askedMs: number; atMs: number; units: number }[] = [];
  const { signal } = new AbortController();
  for (const units of [4, 4, 4, 10, 1]) {
    const askedMs = performance.now();
    await limit.take(units, signal);
    passed.push({ askedMs, atMs: performance.now(), units });
  }
  for (const [index, { askedMs }] of passed.entries()) {
    // When it passed is known to lie between the two; timers may be a fraction of a millisecond early.
    const within = passed.slice(index).filter(({ atMs }) => atMs < askedMs + 148);
    const units = within.reduce((sum, one) => sum + one.units, 0);
    assert.ok(units <= 10, JSON.stringify(passed));
  }
});

test("a request larger than the share passes alone", async () => {
  const limit = new RateLimit(10, 100);
  const { signal } = new AbortController();
  const before = performance.now();
  await limit.take(50, signal);
  await limit.take(1, signal);
  assert.ok(performance.now() - before >= 99);
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
