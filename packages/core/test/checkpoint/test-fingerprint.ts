import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { sharedLaunches } from "../launch/launch-calls.ts";
import type { Fingerprints } from "./fixtures/fingerprint.ts";
import { scratch } from "./scratch-folder.ts";

const script = new URL("./fixtures/fingerprint.ts", import.meta.url);
const CHANGED = [
  ["weight", /"dense\w*\/kernel" of a model/],
  ["moment", /the optimizer's "dense\w*\/bias\/m"/],
  ["learning rate", /the learning rate/],
  ["cursor", /the place in the data/],
] as const;
/** Two of three agree: there the first rank is the odd one. */
const CHANGING_RANK: Readonly<Record<number, number>> = { 1: 0, 2: 1, 3: 0 };
/** One replica saves its training here, and others load it. */
const folder = scratch();
const callsOf = (numProcesses: number) => [
  ["nothing", 0],
  ...(numProcesses === 1 ? [] : [5, 6].map((seed) => ["nothing", 0, seed])),
  ...CHANGED.map(([change]) => [change, CHANGING_RANK[numProcesses]]),
  goOn(numProcesses),
];
const launched = sharedLaunches<Fingerprints | string>(script, {
  1: callsOf(1),
  2: callsOf(2),
  3: callsOf(3),
});

/** The call that saves on one replica, and loads on several. */
function goOn(numProcesses: number): [change: string, rank: number, seed: number, folder: string] {
  return ["nothing", numProcesses === 1 ? 0 : 1, 5, folder];
}

/** One replica is launched first: it saves what the others load. */
async function run<T = Fingerprints>(numProcesses: number, ...args: unknown[]): Promise<T[]> {
  if (numProcesses > 1) await launched(1, ...goOn(1));
  return (await launched(numProcesses, ...args)) as T[];
}

export function testAlike(test: Test, numProcesses: number): void {
  test(`all of ${numProcesses} ranks have the same, another one after every step`, async () => {
    const ranks = await run(numProcesses, "nothing", 0);
    const steps = ranks[0]?.steps ?? [];
    assert.is(steps.length, 8);
    assert.is(new Set(steps).size, 8);
    for (const hash of steps) assert.match(hash, /^[0-9a-f]{16}$/);
    for (const { steps: own, changed, tensorsLeft } of ranks) {
      assert.equal(own, steps);
      assert.is(changed.length, 16);
      assert.is(tensorsLeft, 0);
    }
  });
}

/** Tests two trainings in one launch with one seed, and one with another seed. */
export function testRuns(test: Test, numProcesses: number): void {
  test(`${numProcesses} ranks: a second run has the same fingerprints, a run with another seed has others`, async () => {
    const [first] = await run(numProcesses, "nothing", 0);
    const [again] = await run(numProcesses, "nothing", 0, 5);
    assert.equal(again?.steps, first?.steps);
    const [other] = await run(numProcesses, "nothing", 0, 6);
    assert.is(other?.steps.filter((hash) => first?.steps.includes(hash)).length, 0);
  });
}

/** Tests that a rank that differs is named by all, with what differs; one replica sees that it has changed. */
export function testChanges(test: Test, numProcesses: number): void {
  const odd = CHANGING_RANK[numProcesses];
  const message = new RegExp(
    `^REPLICAS_DIFFER: .*differ from rank ${odd === 0 ? 1 : 0}: rank ${odd} in `,
  );
  for (const [change, what] of CHANGED) {
    test(`${numProcesses} ranks: what differs is named: ${change}`, async () => {
      const ranks = await run(numProcesses, change, odd);
      if (numProcesses === 1) {
        const [before] = await run(1, "nothing", 0);
        assert.match(ranks[0]?.changed ?? "", /^[0-9a-f]{16}$/);
        assert.not.equal(ranks[0]?.changed, before?.changed, "one replica sees the change");
        return;
      }
      for (const { changed } of ranks) {
        assert.match(changed, message);
        assert.match(changed, what);
      }
    });
  }
}

export function testOtherNumber(test: Test, numProcesses: number): void {
  test(`${numProcesses} replicas have the fingerprint of what one has saved`, async () => {
    const [saved] = await run<string>(1, ...goOn(1));
    assert.match(saved ?? "", /^[0-9a-f]{16}$/);
    const loaded = await run<string>(numProcesses, ...goOn(numProcesses));
    assert.is(loaded.length, numProcesses);
    for (const fingerprint of loaded) assert.is(fingerprint, saved);
  });
}
