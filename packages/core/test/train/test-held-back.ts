import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { sharedLaunches } from "../launch/launch-calls.ts";
import type { HeldBackOptions, HeldBackRun } from "./fixtures/held-back.ts";

const script = new URL("./fixtures/held-back.ts", import.meta.url);

const CASES: Readonly<Record<string, HeldBackOptions>> = {
  "every second batch": { samples: 7, held: "odd" },
  "every second batch of one model, whose other is exchanged": { samples: 11, held: "w-odd" },
  "all batches": { samples: 5, held: "all" },
  "no batch, but two exchanges before a step": { samples: 7, held: "none", twice: true },
  "no batch, but clips the norm between two exchanges": {
    ...{ samples: 7, held: "none", twice: true, clipped: "norm" },
  },
  "no batch, but clips values of one model between two exchanges, with a scaler": {
    ...{ samples: 7, held: "none", twice: true, clipped: "value", scaler: true },
  },
  "no batch, and zeroGrad before backward": { samples: 7, held: "none", zeroFirst: true },
  "every second batch, with a scaler": { samples: 11, held: "w-odd", scaler: true },
};

/** Tests that no gradient is lost that `noSync` holds back while the loops of the ranks have different lengths. */
export function testHeldBack(
  test: Test,
  counts: readonly number[],
  other: Partial<HeldBackOptions> = {},
  entry?: URL,
): void {
  const calls = Object.values(CASES).map((options) => [{ ...options, ...other }]);
  const run = sharedLaunches<HeldBackRun>(
    script,
    Object.fromEntries(counts.map((count) => [count, calls])),
    entry,
  );

  for (const count of counts) {
    for (const [name, given] of Object.entries(CASES)) {
      const options = { ...given, ...other };
      test(`held back: ${name}; ${count} replicas${other.compiled ? ", compiled" : ""}`, async () => {
        const expected = expectedOf(options, count);
        for (const [rank, ran] of (await run(count, options)).entries()) {
          assert.is(ran.code, undefined);
          const rows = expected.gradients.filter(({ ranks }) => ranks.includes(rank));
          close(
            ran.gradients.flat(),
            rows.flatMap(({ row }) => row),
          );
          close(ran.weights, expected.weights);
        }
      });
    }
  }
}

/** Sums by hand: a gradient that a rank holds back goes into the next exchange of its model. */
function expectedOf({ samples, held, twice, clipped }: HeldBackOptions, count: number) {
  const weights = [0, 0];
  const own = Array.from({ length: count }, () => [0, 0]);
  let means = [0, 0];
  const gradients: { ranks: number[]; row: number[] }[] = [];
  const exchange = (models: readonly number[]) => {
    for (const m of models) {
      for (const one of own) {
        means[m] = at(means, m) + at(one, m) / count;
        one[m] = 0;
      }
    }
  };
  const add = (rank: number, x: number) => {
    own[rank] = (own[rank] ?? []).map((sum, m) => sum + (m === 0 ? x : 10 * x));
  };
  const update = (ranks: number[]) => {
    gradients.push({ ranks, row: means });
    for (const m of [0, 1]) weights[m] = at(weights, m) - at(means, m);
    means = [0, 0];
  };
  for (let i = 0; i * count < samples; i++) {
    const active = own.map((_, rank) => rank).filter((rank) => i * count + rank < samples);
    const isHeld = held === "all" || (held !== "none" && i % 2 === 1);
    for (let pass = 0; pass < (twice ? 2 : 1); pass++) {
      for (const rank of active) add(rank, i * count + rank + 1);
      if (!isHeld) exchange([0, 1]);
      else if (held === "w-odd") exchange([1]);
      if (pass > 0) continue;
      if (clipped === "norm") {
        const share = Math.min(1, 20 / (Math.hypot(...means) + 1e-6));
        means = means.map((mean) => mean * share);
      } else if (clipped === "value") means[1] = Math.min(at(means, 1), 7);
    }
    if (!isHeld) update(active);
  }
  const all = own.map((_, rank) => rank);
  for (const rank of all) add(rank, 100 * (rank + 1));
  exchange([0, 1]);
  update(all);
  return { gradients, weights };
}

const at = (values: readonly number[], index: number) => values[index] as number;

function close(actual: readonly number[], expected: readonly number[]): void {
  const isClose =
    actual.length === expected.length &&
    actual.every((value, i) => Math.abs(value - at(expected, i)) < 1e-3 + 1e-6 * Math.abs(value));
  assert.ok(isClose, `${actual} instead of ${expected}`);
}
