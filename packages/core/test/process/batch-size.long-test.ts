import { suite } from "uvu";
import { sharedLaunches } from "../launch/launch-calls.ts";
import { checkAgreed, SIZES } from "./agreed-sizes.ts";
import type { Attempts } from "./fixtures/batch-size.ts";

const test = suite("findExecutableBatchSize, of two replicas");
const script = new URL("./fixtures/batch-size.ts", import.meta.url);
const CASES = [
  [[[60, 90], [0, 0], undefined, false], SIZES["128"] ?? []],
  [
    [[9, 5], [2, 0], 10, false],
    [10, 9, 8, 7, 6, 5],
  ],
  [
    [[5, 9], [4, 0], 10, false],
    [10, 9, 8, 7, 6, 5],
  ],
] as const;
const run = sharedLaunches<Attempts>(script, { 2: CASES.map(([args]) => args) });

test("both ranks settle on the same size, wherever one of them ran out of memory", async () => {
  for (const [args, sizes] of CASES)
    checkAgreed(await run(2, ...args), sizes, JSON.stringify(args));
});

test.run();
