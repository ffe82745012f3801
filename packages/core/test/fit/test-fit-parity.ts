import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { sharedLaunches } from "../launch/launch-calls.ts";
import type { Options, Outcome } from "./fixtures/fit-cases.ts";

const script = new URL("./fixtures/fit-cases.ts", import.meta.url);
const TOLERANCE = 1e-5;
const SHUFFLED = "a shuffled fit whose samples do not divide";

const CASES = {
  [SHUFFLED]: {},
  "a fit in order": { shuffle: false, samples: 24 },
  "batches with fewer samples than replicas": { samples: 10, batchSize: 3 },
  adam: { optimizer: "adam" },
  "batch norm over all replicas, with a last batch of one sample": {
    ...{ batchNorm: true, samples: 25 },
  },
  "a functional model with regularizers": { functional: true, regularizer: true },
  "class weights": { classWeight: { 0: 1, 1: 3, 2: 0.5 } },
  "an initial epoch": { initialEpoch: 1 },
  "validation of a part": { validation: "split" },
  "validation of other samples": { validation: "tensors" },
  "windows of two batches": { accumulation: 2 },
  "a model compiled before prepare": { compiled: "before" },
  fitDataset: { method: "fitDataset", validation: "dataset" },
  "fitDataset with tensors to validate, and class weights": {
    ...{ method: "fitDataset", validation: "tensors", classWeight: { 0: 1, 1: 3, 2: 0.5 } },
  },
  "a gradScaler": { scaler: true, regularizer: true },
  trainOnBatch: { method: "trainOnBatch", samples: 11 },
} satisfies Readonly<Record<string, Options>>;

type CaseName = keyof typeof CASES;
const ALL_CASES = Object.keys(CASES) as CaseName[];

/** Tests that so many replicas learn what one learns, for each number. */
export function testParity(
  test: Test,
  counts: readonly number[],
  names: readonly CaseName[] = ALL_CASES,
): void {
  const calls = names.map((name) => [CASES[name]]);
  const trainOn = sharedLaunches<Outcome>(
    script,
    Object.fromEntries([1, ...counts].map((count) => [count, calls])),
  );
  for (const numProcesses of counts) testCases(test, numProcesses, names, trainOn);

  test("training changes something", async () => {
    const [{ history } = {} as Outcome] = await trainOn(1, CASES[SHUFFLED]);
    const { loss = [] } = history;
    assert.is(loss.length, 3);
    assert.ok((loss[2] as number) < (loss[0] as number));
  });
}

function testCases(
  test: Test,
  numProcesses: number,
  names: readonly CaseName[],
  trainOn: (numProcesses: number, options: Options) => Promise<Outcome[]>,
): void {
  for (const name of names) {
    const options: Options = CASES[name];
    test(`${name}: ${numProcesses} replicas learn what one learns`, async () => {
      const [alone] = await trainOn(1, options);
      const ranks = await trainOn(numProcesses, options);
      assert.is(ranks.length, numProcesses);
      for (const rank of ranks) assert.equal(rank, ranks[0], "bit-equal between ranks");
      const { history, weights } = alone as Outcome;
      const [first] = ranks as [Outcome];
      assert.equal(Object.keys(first.history), Object.keys(history));
      const pairs = [
        ...weights.map((values, i) => [[...values], [...(first.weights[i] ?? [])]] as const),
        ...Object.entries(history).map(([key, values]) => [values, first.history[key]] as const),
      ];
      for (const [expected, found] of pairs) {
        assert.is(found?.length, expected.length);
        const difference = Math.max(...expected.map((v, i) => Math.abs(v - Number(found?.[i]))));
        assert.ok(difference <= TOLERANCE, `differs by ${difference}`);
      }
    });
  }
}
