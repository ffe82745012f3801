import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { scratch } from "../checkpoint/scratch-folder.ts";
import { sharedLaunches } from "../launch/launch-calls.ts";
import type { Case, Trained } from "./fixtures/fit-resume.ts";

const script = new URL("./fixtures/fit-resume.ts", import.meta.url);

/** An epoch has 5 batches of 4 samples, the last of 3 or 2. */
const CASES = {
  "in the middle of an epoch": { method: "fit", everySteps: 3, stopAfter: 8 },
  "at the border of an epoch": { method: "fit", everySteps: 5, stopAfter: 7 },
  "behind the last batch of an epoch, before its end": {
    ...{ method: "fit", everySteps: 5, stopAfter: 5 },
  },
  "in the middle of a window": { method: "fit", everySteps: 1, stopAfter: 9, accumulation: 2 },
  "without a shuffle": { method: "fit", everySteps: 4, stopAfter: 9, shuffle: false },
  "in the second call of fit": { method: "fit", everySteps: 3, stopAfter: 23, isSecond: true },
  "of a dataset, in the middle": { method: "fitDataset", everySteps: 4, stopAfter: 9 },
  "of a dataset, at the end of its data": { method: "fitDataset", everySteps: 6, stopAfter: 7 },
  "of an endless dataset": {
    ...{ method: "fitDataset", everySteps: 4, stopAfter: 9, batchesPerEpoch: 5 },
  },
  "saved by time": { method: "fit", everyMs: 1, stopAfter: 9 },
} as const satisfies Readonly<Record<string, Case>>;

export type CaseName = keyof typeof CASES;
export const ALL_CASES = Object.keys(CASES) as CaseName[];

/** @param plan the cases on each number of replicas. */
export function testFitResume(
  test: Test,
  plan: Readonly<Record<number, readonly CaseName[]>>,
): void {
  const calls = Object.entries(plan).map(([numProcesses, names]) => ({
    numProcesses: Number(numProcesses),
    calls: names.map((name) => ({ name, call: [scratch(), CASES[name] as Case] as const })),
  }));
  const run = sharedLaunches<Record<"whole" | "interrupted" | "resumed", Trained>>(
    script,
    Object.fromEntries(calls.map((one) => [one.numProcesses, one.calls.map(({ call }) => call)])),
  );
  for (const { numProcesses, calls: ofThese } of calls) {
    for (const { name, call } of ofThese) {
      test(`${name}, on ${numProcesses} replica(s)`, async () => {
        for (const [rank, phases] of (await run(numProcesses, ...call)).entries()) {
          compare(phases, call[1], rank === 0);
        }
      });
    }
  }
}

function compare(
  { whole, interrupted, resumed }: Record<"whole" | "interrupted" | "resumed", Trained>,
  { everySteps }: Case,
  isMain: boolean,
): void {
  assert.ok(interrupted.saved.length > 0, "it was saved by itself");
  assert.equal(resumed.weights, whole.weights, "weights");
  const from = whole.epochs.indexOf(resumed.epochs[0] as number);
  assert.equal(resumed.epochs, whole.epochs.slice(from));
  for (const [key, values] of Object.entries(whole.history)) {
    assert.equal(resumed.history[key], values.slice(from), key);
  }
  assert.equal(resumed.seen, whole.seen.slice(-resumed.seen.length), "batches");
  assert.ok(resumed.seen.length < whole.seen.length, "it goes on, and does not begin anew");
  if (everySteps) {
    assert.equal([...interrupted.saved, ...resumed.saved], whole.saved);
    for (const steps of whole.saved) assert.is(steps % everySteps, 0);
  }
  if (isMain) assert.equal(resumed.logged, whole.logged.slice(-resumed.logged.length), "logged");
}
