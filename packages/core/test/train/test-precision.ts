import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { sharedLaunches } from "../launch/launch-calls.ts";

const script = new URL("./fixtures/precision.ts", import.meta.url);
const WAYS = ["backward", "minimize", "applyGradients"] as const;
const calls = [
  ...["no", "fp16", "bf16"].map((hook) => ["exchange", hook]),
  ...["no", "fp16"].map((hook) => ["overflow", hook]),
  ...WAYS.flatMap((way) => [true, false].map((scaled) => ["training", scaled, way])),
  ...[["items"], ["refusals"], ["limits"]],
];
const resultsOf = sharedLaunches<never>(script, { 1: calls, 2: calls, 3: calls });

/** The largest relative error of each rounding: gradients are rounded once, and so is their mean. */
const ERRORS = { no: 2 ** -24, fp16: 2 ** -11, bf16: 2 ** -8 };

/** Tests rounded exchanges and scaled gradients of so many replicas. */
export function testPrecision(test: Test, numProcesses: number): void {
  for (const hook of ["no", "fp16", "bf16"] as const) {
    test(`commHook "${hook}" of ${numProcesses} replica(s): equal bits, and an error of 16 bits`, async () => {
      const ranks = (await resultsOf(numProcesses, "exchange", hook)) as {
        found: number[];
        exact: number[];
      }[];
      for (const { found } of ranks) assert.equal(found, ranks[0]?.found);
      const { found = [], exact = [] } = ranks[0] ?? {};
      assert.is(found.length, 5033);
      const errors = found.map((value, i) => Math.abs(value - (exact[i] as number)));
      // Values are below 0.5 on each rank: half a step of the rank's value, and half a step of the mean.
      const most = numProcesses === 1 ? 0 : 2 * 0.5 * ERRORS[hook] + 2 ** -24;
      const largest = Math.max(...errors);
      assert.ok(largest <= most, `off by ${largest}`);
      if (numProcesses > 1 && hook !== "no") assert.ok(largest > most / 8, `rounds: ${largest}`);
    });
  }

  test(`counts of items are not rounded on ${numProcesses} replica(s)`, async () => {
    for (const gradient of (await resultsOf(numProcesses, "items")) as number[]) {
      // The sum of the losses' gradients is rounded to 8 digits, the count is not.
      const expected = numProcesses === 1 ? 1 : 99_840 / 100_001;
      assert.ok(Math.abs(gradient - expected) < 1e-6, `${gradient}`);
    }
  });

  for (const hook of ["no", "fp16"] as const) {
    test(`an overflow on one of ${numProcesses} replica(s) skips the step of all (commHook "${hook}")`, async () => {
      const unit = numProcesses; // a scheduler makes a step for each replica
      const expected = {
        rows: [
          [false, false, 0.75, 1024, 1, unit],
          [true, true, 0.75, 512, 0, unit],
          [true, true, 0.75, 256, 0, unit],
          [false, false, 0.5, 256, 1, 2 * unit],
          [false, false, 0.25, 512, 0, 3 * unit],
          [false, false, 0, 512, 1, 4 * unit],
        ],
        completed: 4,
      };
      for (const rank of await resultsOf(numProcesses, "overflow", hook)) {
        assert.equal(rank, expected);
      }
    });
  }

  for (const way of WAYS) {
    test(`a scaler changes no bit of what ${numProcesses} replica(s) learn by ${way}`, async () => {
      const scaled = await resultsOf(numProcesses, "training", true, way);
      assert.equal(scaled, await resultsOf(numProcesses, "training", false, way));
      for (const rank of scaled) assert.equal(rank, scaled[0]);
    });
  }

  test(`refuses what cannot be, on ${numProcesses} replica(s)`, async () => {
    for (const outcomes of (await resultsOf(numProcesses, "refusals")) as string[][]) {
      for (const [i, precision] of ["fp16", "bf16", "fp8"].entries()) {
        assert.match(outcomes[i] ?? "", `PRECISION_UNSUPPORTED: mixedPrecision: "${precision}"`);
      }
      assert.match(outcomes[3] ?? "", /^OPTION_INVALID.*no, fp8, fp16, bf16.*got "half"/);
      assert.is(outcomes[4], "made");
      for (const outcome of outcomes.slice(5)) assert.match(outcome, /^OPTION_INVALID/);
    }
    const local = numProcesses === 1 ? "ran" : "STATE_INVALID";
    for (const found of await resultsOf(numProcesses, "limits")) {
      assert.equal(found, [local, true, 65536]);
    }
  });
}
