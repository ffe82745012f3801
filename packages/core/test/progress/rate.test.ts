import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Rate } from "../../src/progress/rate.ts";

const test = suite("rate");

test("is exact for a steady loop from its first moment on", () => {
  const rate = new Rate(1000);
  assert.is(rate.at(0, 1000), 0);
  for (let second = 1; second <= 20; second++) {
    assert.ok(Math.abs(rate.at(25 * second, 1000 + 1000 * second) - 25) < 1e-9);
  }
});

test("forgets a slow beginning", () => {
  const rate = new Rate(0);
  rate.at(1, 20_000); // a step that compiled
  for (let step = 1; step <= 100; step++) rate.at(1 + 10 * step, 20_000 + 100 * step);
  assert.ok(Math.abs(rate.at(1001, 30_000) - 100) < 15);
});

test.run();
