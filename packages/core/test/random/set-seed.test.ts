import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type AcceleratorError, setSeed } from "../../src/index.ts";
import { sharedLaunches } from "../launch/launch-calls.ts";
import { drawApart, union } from "./draw-apart.ts";
import draw, { type Draws } from "./fixtures/draw-everything.ts";

const test = suite("setSeed");

const SCRIPT = new URL("./fixtures/draw-everything.ts", import.meta.url);

const SPECIFIC = { deviceSpecific: true };
const drawOn = sharedLaunches<Draws>(SCRIPT, {
  1: [["cpu", 7]],
  2: [
    ["cpu", 7],
    ["cpu", 8],
    ["cpu", 7, SPECIFIC],
  ],
  3: [["cpu", 7]],
});
/** Another run, which is to draw the same. */
const drawAgainOn = sharedLaunches<Draws>(SCRIPT, {
  2: [["cpu", 7]],
});

test("draws the same in every run, and something else with another seed", async () => {
  const [again, other] = [await drawAgainOn(2, "cpu", 7), await drawOn(2, "cpu", 8)];
  assert.equal(again, await drawOn(2, "cpu", 7));
  const [draws, changed] = [again[0] as Draws, other[0] as Draws];
  for (const kind of ["common", "own", "read"] as const) {
    for (const [name, values] of Object.entries(draws[kind])) {
      if (name === "weight1") continue; // a bias begins at zero
      assert.not.equal(changed[kind][name], values, `${name} does not follow the seed`);
    }
  }
});

test("replicas agree where they must, and differ where they should", async () => {
  const [one, three] = [await drawOn(1, "cpu", 7), await drawOn(3, "cpu", 7)];
  for (const ranks of [await drawOn(2, "cpu", 7), three]) {
    const [rank0, ...others] = ranks as [Draws, ...Draws[]];
    assert.equal(rank0.common, one[0]?.common);
    for (const rank of others) {
      assert.equal(rank.common, rank0.common);
      for (const [name, values] of Object.entries(rank0.own)) {
        assert.not.equal(rank.own[name], values, name);
      }
    }
  }
  for (const name of Object.keys(one[0]?.read ?? {})) {
    assert.is(union(one, name).length, 24, name);
    assert.equal(union(three, name), union(one, name), `${name}: whoever reads a sample`);
  }
  assert.not.equal(union(one, "streamedToo"), union(one, "streamed"), "loaders draw apart");
});

test("deviceSpecific makes every rank draw for itself, each sample read once", async () => {
  drawApart(await drawOn(2, "cpu", 7, SPECIFIC));
});

test("works in a script started with plain `node`, and again in the same thread", async () => {
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
