import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { sharedLaunches } from "../launch/launch-calls.ts";
import type { UnevenLocalRun } from "./fixtures/local-sgd-uneven.ts";

const script = new URL("./fixtures/local-sgd-uneven.ts", import.meta.url);

type Args = readonly [localSgdSteps: number, samples: number | readonly number[]];

/** What the replicas are told, for each number of them. */
const UNEVEN: Readonly<Record<number, readonly (readonly [Args, RegExp])[]>> = {
  2: [
    [
      [2, 7],
      /rank 0 made 4, rank 1 made 3; the body is over on rank 1.*: 4 on rank 0, 3 on rank 1/,
    ],
    [[2, 5], /rank 0 made 3, rank 1 made 2; .*batches: 3 on rank 0, 2 on rank 1: its evenBatches/],
    [[8, 5], /made 2; the body is over on ranks 0, 1. .*batches: 3 on rank 0, 2 on rank 1/],
    [[1, [4, 2]], /rank 0 made 3, rank 1 made 2; the body is over on rank 1. Give every/],
  ],
  3: [[[2, 7], /rank 0 made 3, ranks 1, 2 made 2; .*batches: 3 on rank 0, 2 on ranks 1, 2/]],
  4: [[[1, 11], /ranks 0, 1, 2 made 3, rank 3 made 2; the body is over on rank 3. .*2 on rank 3/]],
};

/** Tests that `localSgd` over data of unequal length names the ranks and the loader on every rank, and what to do. */
export function testLocalSgdUneven(test: Test, counts: readonly number[]): void {
  const calls = counts.map((count) => [count, (UNEVEN[count] ?? []).map(([args]) => args)]);
  const run = sharedLaunches<UnevenLocalRun>(script, Object.fromEntries(calls));
  for (const count of counts) {
    for (const [args, message] of UNEVEN[count] ?? []) {
      test(`localSgd of ${JSON.stringify(args)} on ${count} replicas`, async () => {
        for (const told of await run(count, ...args)) {
          assert.is(told.code, "COLLECTIVE_MISMATCH");
          assert.match(told.message, message);
          assert.match(told.message, /dropLast: true.*joinUnevenInputs/);
        }
      });
    }
  }
}
