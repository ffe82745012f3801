import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { sharedLaunches } from "../launch/launch-calls.ts";
import type { ScaledRow, ScaledRun, ScaledUneven } from "./fixtures/uneven-scaler.ts";

const script = new URL("./fixtures/uneven-scaler.ts", import.meta.url);

const CASES: Readonly<Record<string, ScaledUneven>> = {
  "nothing overflows": { samples: 7, bad: [] },
  "an overflow while all ranks have data": { samples: 7, bad: [2] },
  "an overflow on the rank that goes on alone, in the last step": { samples: 7, bad: [7] },
  "overflows before and after a rank is done, and a good step behind them": {
    ...{ samples: 13, bad: [2, 10] },
  },
  "an overflow in the open window of a rank that is done": {
    ...{ samples: 7, bad: [6], numSteps: 2 },
  },
  "gradients in 16 bits": { samples: 7, bad: [7], commHook: "fp16" },
};

/** Tests that ranks with different numbers of steps decide alike which ones are skipped. */
export function testUnevenScaler(test: Test, counts: readonly number[]): void {
  const calls = Object.values(CASES).map((options) => [options]);
  const run = sharedLaunches<ScaledRun>(
    script,
    Object.fromEntries(counts.map((count) => [count, calls])),
  );

  for (const numProcesses of counts) {
    for (const [name, options] of Object.entries(CASES)) {
      test(`${name}: ${numProcesses} replicas decide alike`, async () => {
        const ranks = await run(numProcesses, options);
        const expected = expectedRows(options, numProcesses);
        const last = expected.at(-1) as ScaledRow;
        const lengths = new Set(ranks.map(({ rows }) => rows.length));
        assert.ok(options.numSteps || lengths.size > 1, "one rank has more steps than another");
        for (const { rows, end, completed, growthTracker, next } of ranks) {
          for (const [i, row] of rows.entries()) checkRow(row, expected[i] as ScaledRow);
          checkRow(end, last);
          assert.equal(end, ranks[0]?.end, "equal bits");
          assert.is(completed, expected.filter(([isSkipped]) => !isSkipped).length);
          assert.is(growthTracker, ranks[0]?.growthTracker);
          checkRow(next, [true, (last[1] as number) / 2, last[2]]);
        }
      });
    }
  }
}

/** The windows of a rank, as lists of samples; the last one may be open. */
function windowsOf({ samples, numSteps = 1 }: ScaledUneven, rank: number, count: number) {
  const own = Array.from({ length: samples }, (_, i) => i + 1).filter(
    (one) => (one - 1) % count === rank,
  );
  const windows: number[][] = [];
  for (let i = 0; i < own.length; i += numSteps) windows.push(own.slice(i, i + numSteps));
  return windows;
}

/** What all ranks that take part in a window must find after it, by plain arithmetic. */
function expectedRows(options: ScaledUneven, count: number): ScaledRow[] {
  const { bad, numSteps = 1 } = options;
  const ranks = Array.from({ length: count }, (_, rank) => windowsOf(options, rank, count));
  const isClosed = (samples: readonly number[] | undefined) => samples?.length === numSteps;
  let [scale, growth, w] = [256, 0, 0];
  const rows: ScaledRow[] = [];
  for (let window = 0; ranks.some((own) => isClosed(own[window])); window++) {
    const all = ranks.flatMap((own) => own[window] ?? []);
    const isSkipped = all.some((one) => bad.includes(one));
    if (isSkipped) [scale, growth] = [scale / 2, 0];
    else {
      w -= all.reduce((sum, one) => sum + one, 0) / numSteps / count;
      growth += 1;
      if (growth === 2) [scale, growth] = [scale * 2, 0];
    }
    rows.push([isSkipped, scale, w]);
  }
  return rows;
}

function checkRow(found: ScaledRow | undefined, [isSkipped, scale, w]: ScaledRow): void {
  assert.equal(found?.slice(0, 2), [isSkipped, scale]);
  assert.ok(Math.abs((found?.[2] as number) - w) < 1e-2, `${found?.[2]}, not ${w}`);
}
