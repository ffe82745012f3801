import fc from "fast-check";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { launchCalls } from "../launch/launch-calls.ts";
import type { Trained, WindowCase } from "./fixtures/any-windows.ts";

const script = new URL("./fixtures/any-windows.ts", import.meta.url);
const NUM_CASES = 40;
const seed = Number(process.env.SEED ?? 1); // the same cases in every run
const cases = fc.sample(
  fc.record({
    samples: fc.integer({ min: 1, max: 23 }),
    batchSize: fc.integer({ min: 1, max: 4 }),
    numSteps: fc.integer({ min: 1, max: 4 }),
    isUneven: fc.boolean(),
  }),
  { seed, numRuns: NUM_CASES },
);

/** What each window of a rank adds up: means of batches, divided by the length of a window. */
function windowsOf({ rows }: Trained, { numSteps }: WindowCase): number[] {
  const windows: number[] = [];
  let sum = 0;
  for (const [samples, sync] of rows) {
    sum += samples.reduce((total, x) => total + x, 0) / samples.length / numSteps;
    if (!sync) continue;
    windows.push(sum);
    sum = 0;
  }
  return windows;
}

function check(one: WindowCase, ranks: readonly Trained[], label: string): void {
  const seen = new Set(ranks.flatMap(({ rows }) => rows.flatMap(([samples]) => samples)));
  assert.is(seen.size, one.samples, `${label}: every sample`);
  const windows = ranks.map((rank) => windowsOf(rank, one));
  const numExchanges = Math.max(...windows.map(({ length }) => length));
  const weights = [0];
  for (let exchange = 0; exchange < numExchanges; exchange++) {
    const sum = windows.reduce((total, own) => total + (own[exchange] ?? 0), 0);
    weights.push((weights[exchange] as number) - sum / ranks.length);
  }
  for (const [rank, { rows, weight }] of ranks.entries()) {
    let ended = 0;
    for (const [index, [, sync, after]] of rows.entries()) {
      const isLast = index === rows.length - 1;
      const place = `${label}, rank ${rank}, batch ${index}`;
      assert.is(sync, (index + 1) % one.numSteps === 0 || isLast, `${place}: end of a window`);
      if (sync) ended += 1;
      const wanted = weights[ended] as number;
      assert.ok(Math.abs(after - wanted) <= 1e-4, `${place}: ${after}, not ${wanted}`);
    }
    assert.is(weight, ranks[0]?.weight, `${label}: equal at the end`);
    const last = weights.at(-1) as number;
    assert.ok(Math.abs(weight - last) <= 1e-4, `${label}: ${weight} at the end, not ${last}`);
  }
}

/** Trains all cases on so many replicas. */
export function testAnyWindows(test: Test, numProcesses: number): void {
  test(`${numProcesses} replica(s), equal and unequal numbers of batches`, async () => {
    const calls = cases.map((one) => [one]);
    const results = await launchCalls<Trained>(script, numProcesses, calls);
    for (const [index, ranks] of results.entries()) {
      const one = cases[index] as WindowCase;
      check(one, ranks, `seed ${seed}, ${JSON.stringify(one)}`);
    }
  });
}
