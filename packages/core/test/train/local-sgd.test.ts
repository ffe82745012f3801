import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sharedLaunches } from "../launch/launch-calls.ts";
import type { LocalRun } from "./fixtures/local-sgd.ts";

const test = suite("localSgd");
const script = new URL("./fixtures/local-sgd.ts", import.meta.url);
const DILOCO = { localSgdSteps: 2, outer: { learningRate: 0.7, momentum: 0.9 } };
const run = sharedLaunches<LocalRun>(script, {
  1: [[{ localSgdSteps: 2 }, 3]],
  2: [
    [{ localSgdSteps: 2 }, 5],
    [{ localSgdSteps: 3 }, 3],
    [{ enabled: false }, 4],
    [DILOCO, 4],
    [{ localSgdSteps: 2 }, 3, 1],
    [{ localSgdSteps: 0 }, 1],
    [{ outer: { momentum: 1 } }, 1],
  ],
  3: [[{ localSgdSteps: 2 }, 4]],
});

/** @param expected the weights of each rank: after each step, at the end. */
async function check(
  [count, ...args]: readonly [number, ...unknown[]],
  expected: readonly (readonly number[])[],
): Promise<void> {
  for (const [rank, { weights, code }] of (await run(count, ...args)).entries()) {
    assert.is(code, undefined);
    const wanted = [...(expected[rank] ?? []), (count - 1) / 2, (count + 1) / 2];
    assert.is(weights.length, wanted.length);
    for (const [i, weight] of weights.entries()) {
      const label = `rank ${rank}: ${weights}, not ${wanted}`;
      assert.ok(Math.abs(weight - (wanted[i] ?? Number.NaN)) < 1e-5, label);
    }
  }
}

test("averages the weights every few steps, and at the end: Accelerate's numbers", async () => {
  await check(
    [2, { localSgdSteps: 2 }, 5],
    [
      [9, 7, 6, 4, 3, 2.5],
      [8, 7, 5, 4, 2, 2.5],
    ],
  );
  await check(
    [2, { localSgdSteps: 3 }, 3],
    [
      [9, 8, 5.5, 5.5],
      [8, 6, 5.5, 5.5],
    ],
  );
  await check(
    [3, { localSgdSteps: 2 }, 4],
    [0, 1, 2].map((rank) => [9 - rank, 6, 5 - rank, 2, 2]),
  );
});

test("exchanges gradients as usual where it is off, and with one replica", async () => {
  for (const { weights } of await run(2, { enabled: false }, 4)) {
    assert.equal(weights.slice(0, 5), [8.5, 7, 5.5, 4, 4]);
  }
  await check([1, { localSgdSteps: 2 }, 3], [[9, 8, 7, 7]]);
});

test("an outer step with momentum follows the mean", async () => {
  // Both windows move the mean by 3: velocities 3 and 5.7; steps 0.7 (3 + 0.9 * 3) and 0.7 (3 + 0.9 * 5.7).
  const first = 10 - 0.7 * 5.7;
  const second = first - 0.7 * (3 + 0.9 * 5.7);
  await check(
    [2, DILOCO, 4],
    [
      [9, first, first - 1, second, second],
      [8, first, first - 2, second, second],
    ],
  );
});

test("different numbers of steps, and wrong options, are errors on every rank", async () => {
  for (const [args, code] of [
    [[{ localSgdSteps: 2 }, 3, 1], "COLLECTIVE_MISMATCH"],
    [[{ localSgdSteps: 0 }, 1], "OPTION_INVALID"],
    [[{ outer: { momentum: 1 } }, 1], "OPTION_INVALID"],
  ] as const) {
    for (const result of await run(2, ...args)) assert.is(result.code, code);
  }
});

test.run();
