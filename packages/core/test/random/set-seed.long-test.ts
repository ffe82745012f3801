import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sharedLaunches } from "../launch/launch-calls.ts";
import { drawAlike, drawAnew } from "./draw-alike.ts";
import { drawApart } from "./draw-apart.ts";
import type { Draws } from "./fixtures/draw-everything.ts";

const test = suite("setSeed on three replicas, on wasm, and after prepare");

const SCRIPT = new URL("./fixtures/draw-everything.ts", import.meta.url);
const LATE = { isLate: true };
const SPECIFIC_LATE = { deviceSpecific: true, isLate: true };
const CALLS = [["wasm", 7] as const, ["cpu", 7, LATE] as const];
const drawOn = sharedLaunches<Draws>(SCRIPT, {
  1: [["cpu", 7]],
  2: [...CALLS, ["cpu", 7], ["cpu", 8], ["cpu", 7, SPECIFIC_LATE]],
  3: [["cpu", 7]],
});
/** Another run, which is to draw the same. */
const drawAgainOn = sharedLaunches<Draws>(SCRIPT, { 2: [...CALLS, ["cpu", 7]] });

test("draws the same in every run, and something else with another seed", async () => {
  const [first, again] = [await drawOn(2, "cpu", 7), await drawAgainOn(2, "cpu", 7)];
  assert.equal(again, first);
  drawAnew(again, await drawOn(2, "cpu", 8));
});

test("three replicas agree where they must, and differ where they should", async () => {
  drawAlike(await drawOn(3, "cpu", 7), await drawOn(1, "cpu", 7));
});

test("draws the same in every run on wasm", async () => {
  assert.equal(await drawAgainOn(2, "wasm", 7), await drawOn(2, "wasm", 7));
});

test("works after prepare", async () => {
  const [first, again] = [await drawOn(2, "cpu", 7, LATE), await drawAgainOn(2, "cpu", 7, LATE)];
  assert.equal(again, first);
});

test("deviceSpecific, after prepare, makes every rank draw for itself, each sample read once", async () => {
  drawApart(await drawOn(2, "cpu", 7, SPECIFIC_LATE));
});

test.run();
