import { join } from "node:path";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { launch } from "../../src/launch/launch.ts";
import type { ScenarioName } from "./fixtures/scenarios.ts";
import { scratch } from "./scratch-folder.ts";

const script = new URL("./fixtures/scenarios.ts", import.meta.url);

/** What the script seeds before it loads: the seed of the run before, another one, or none. */
type Seed = number | undefined;

/** Tests that the random numbers of each rank go on where they were, on two replicas. `onThree`: those of a third one are its own. */
export function testRandomState(
  test: Test,
  deviceSpecific: boolean,
  seeds: readonly Seed[],
  { onThree = false } = {},
): void {
  const folder = join(scratch(), "random");
  const play = (numProcesses: number, name: ScenarioName, seed: Seed) =>
    launch<number[]>(script, {
      ...{ numProcesses, timeoutMs: 60_000 },
      args: [name, { folder, seed, deviceSpecific }],
    });
  const kind = deviceSpecific ? "of each rank" : "of all ranks";
  test(`random numbers go on where they were, whatever the script seeds; new ranks get their own: seeds ${kind}`, async () => {
    const saved = await play(2, "saveRandom", 7);
    assert.is(saved[0]?.[0] === saved[1]?.[0], !deviceSpecific);
    assert.not.equal(saved[0]?.[1], saved[1]?.[1]);
    for (const seed of seeds) assert.equal(await play(2, "loadRandom", seed), saved);
    if (!onThree) return;
    const three = await play(3, "loadRandom", 7);
    assert.equal(three.slice(0, 2), saved);
    assert.is(three[2]?.[0] === saved[0]?.[0], !deviceSpecific);
    assert.not.ok(saved.some(([, noise]) => noise === three[2]?.[1]));
    assert.equal(await play(3, "loadRandom", 7), three);
  });
}
