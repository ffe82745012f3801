import { suite } from "@acc/test-kit/suite";
import * as assert from "uvu/assert";
import { type AcceleratorError, setSeed } from "../../src/index.ts";
import { sharedLaunches } from "../launch/launch-calls.ts";
import { drawAlike, drawAnew } from "./draw-alike.ts";
import { drawApart } from "./draw-apart.ts";
import draw, { type Draws } from "./fixtures/draw-everything.ts";

const test = suite("setSeed");

const SCRIPT = new URL("./fixtures/draw-everything.ts", import.meta.url);

const SPECIFIC = { deviceSpecific: true };
const drawOn = sharedLaunches<Draws>(SCRIPT, {
  1: [
    ["cpu", 7],
    ["cpu", 8],
  ],
  2: [
    ["cpu", 7],
    ["cpu", 7, SPECIFIC],
  ],
});

test.slow("draws something else with another seed", async () => {
  drawAnew(await drawOn(1, "cpu", 7), await drawOn(1, "cpu", 8));
});

test("replicas agree where they must, and differ where they should", async () => {
  drawAlike(await drawOn(2, "cpu", 7), await drawOn(1, "cpu", 7));
});

test("deviceSpecific makes every rank draw for itself, each sample read once", async () => {
  drawApart(await drawOn(2, "cpu", 7, SPECIFIC));
});

test("draws the same in a script started with plain `node`, and again in the same thread", async () => {
  const first = await draw("cpu", 7);
  assert.equal(await draw("cpu", 7), first);
  assert.equal(first.common, (await drawOn(2, "cpu", 7))[0]?.common);
});

test("gives Math.random numbers in [0, 1) that are spread evenly", () => {
  setSeed(3);
  const counts = new Array<number>(10).fill(0);
  for (let i = 0; i < 100_000; i++) {
    const bin = Math.floor(10 * Math.random());
    counts[bin] = (counts[bin] ?? Number.NaN) + 1;
  }
  assert.ok(
    counts.every((count) => Math.abs(count - 10_000) < 400),
    `${counts}`,
  );
});

test("takes every integer, and says what it does not take", () => {
  const seen = new Set<number>();
  for (const seed of [0, 1, -1, 2 ** 32, 2 ** 40 + 1, Number.MAX_SAFE_INTEGER]) {
    setSeed(seed);
    seen.add(Math.random());
  }
  assert.is(seen.size, 6);
  for (const seed of [0.5, Number.NaN, "7", undefined, null, 2 ** 60]) {
    const before = Math.random;
    try {
      setSeed(seed as number);
      assert.unreachable(String(seed));
    } catch (error) {
      assert.is((error as AcceleratorError).code, "OPTION_INVALID", String(error));
    }
    assert.is(Math.random, before);
  }
  try {
    setSeed(7, { device_specific: true } as object);
    assert.unreachable("an option that does not exist");
  } catch (error) {
    assert.match((error as Error).message, /did you mean "deviceSpecific"/);
  }
});

test.run();
