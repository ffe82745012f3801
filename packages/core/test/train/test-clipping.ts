import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { sharedLaunches } from "../launch/launch-calls.ts";
import type { Clipped, Clipping } from "./fixtures/clip.ts";

const script = new URL("./fixtures/clip.ts", import.meta.url);

type Case = readonly [Omit<Clipping, "backend">, norm: number | undefined, gradient: number[]];

/** Those of Accelerate and PyTorch. */
const CASES: readonly Case[] = [
  [{ gradient: [3, 4], call: "norm", limit: 1 }, 5, [0.6, 0.8]],
  [{ gradient: [3, 4], call: "norm", limit: 10 }, 5, [3, 4]],
  [{ gradient: [3, 4], call: "norm", limit: "Infinity" }, 5, [3, 4]],
  [{ gradient: [3, 4], call: "norm", limit: 0 }, 5, [0, 0]],
  [{ gradient: [3, -4], call: "norm", limit: 2, normType: "Infinity" }, 4, [1.5, -2]],
  [{ gradient: [3, -4], call: "norm", limit: 1, normType: 1 }, 7, [3 / 7, -4 / 7]],
  [
    { gradient: [3, -4], call: "norm", limit: 1, normType: 3 },
    91 ** (1 / 3),
    [3 / 91 ** (1 / 3), -4 / 91 ** (1 / 3)],
  ],
  [{ gradient: [0, 0], call: "norm", limit: 1 }, 0, [0, 0]],
  [{ gradient: [3, "Infinity", 1], call: "norm", limit: 1 }, Infinity, [0, NaN, 0]],
  [{ gradient: [3, "NaN", 1], call: "norm", limit: 1 }, NaN, [NaN, NaN, NaN]],
  [{ gradient: [3, "NaN"], call: "norm", limit: 1, normType: "Infinity" }, NaN, [NaN, NaN]],
  [{ gradient: [3, -4], call: "value", limit: 1.5 }, undefined, [1.5, -1.5]],
  [{ gradient: [3, "NaN", "Infinity"], call: "value", limit: 2 }, undefined, [2, NaN, 2]],
];
type Backend = "cpu" | "wasm";

/** On one replica both backends are tested. */
const BACKENDS: Readonly<Record<number, readonly Backend[]>> = {
  1: ["cpu", "wasm"],
  2: ["wasm"],
  3: ["cpu"],
  4: ["wasm"],
};
const callsOf = (replicas: number) => [
  [],
  ...(BACKENDS[replicas] ?? []).flatMap((backend) =>
    CASES.map(([clipping]) => [{ backend, ...clipping }]),
  ),
];
const run = sharedLaunches<unknown>(
  script,
  Object.fromEntries([1, 2, 3, 4].map((replicas) => [replicas, callsOf(replicas)])),
);

function requireClose(actual: readonly string[], expected: readonly number[], label: string): void {
  const isClose = (value: number, wanted: number) =>
    Object.is(value, wanted) || Math.abs(value - wanted) <= 1e-5 * Math.max(1, Math.abs(wanted));
  const isEqual = expected.every((wanted, i) => isClose(Number(actual[i]), wanted));
  assert.ok(actual.length === expected.length && isEqual, `${label}: ${actual}, not ${expected}`);
}

export function testClipping(test: Test, numProcesses: number): void {
  for (const backend of BACKENDS[numProcesses] ?? [])
    test(`gives the numbers of PyTorch: ${numProcesses} replicas, ${backend}`, async () => {
      for (const [clipping, norm, gradient] of CASES) {
        const ranks = (await run(numProcesses, { backend, ...clipping })) as Clipped[];
        for (const clipped of ranks) {
          const label = JSON.stringify(clipping);
          assert.equal(clipped, ranks[0], `${label}: the same on every rank`);
          if (norm === undefined) assert.is(clipped.norm, "", label);
          else requireClose([clipped.norm], [norm], `norm of ${label}`);
          requireClose(clipped.gradient, gradient, label);
          const weights = gradient.map((value) => 0 - value);
          requireClose(clipped.weights, weights, `weights after ${label}`);
          assert.is(clipped.tensors, 0, `tensors that ${label} leaves`);
        }
      }
    });

  test(`does nothing while gradients are being accumulated: ${numProcesses} replicas`, async () => {
    const ranks = (await run(numProcesses)) as [number | undefined, number][][];
    for (const [rank, rows] of ranks.entries()) {
      // Rank r sees r + 1, then P more each time; the mean of a window is that of all of its samples, halved twice.
      const own = (batch: number) => (batch * numProcesses + rank + 1) / 2;
      const mean = (window: number) => (window * 2 * numProcesses * 2 + 2 * numProcesses + 1) / 2;
      assert.equal(rows, [
        [undefined, own(0)],
        [mean(0), 0.5],
        [undefined, own(2)],
        [mean(1), 0.5],
      ]);
    }
  });
}
