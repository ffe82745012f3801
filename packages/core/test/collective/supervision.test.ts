import { setTimeout as sleep } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ControlBlock } from "../../src/collective/control-block.ts";
import type { SharedGroup } from "../../src/collective/shared-group.ts";
import type { HostRequest } from "../../src/collective/supervision.ts";
import { everywhere, runRanks } from "./run-ranks.ts";

const test = suite("requests of the host");
/** Of each wait; all end long before, also on a busy machine. */
const LIMIT_MS = 60_000;

for (const worldSize of [1, 2, 3]) {
  test(`${worldSize} ranks see each request in the same collective, in order`, async () => {
    const asked: HostRequest[] = [];
    const ask = async (group: SharedGroup): Promise<void> => {
      const control = new ControlBlock(group.control, worldSize);
      const limit = Date.now() + LIMIT_MS;
      while (!control.acceptsRequests && Date.now() < limit) await sleep(1);
      for (const request of ["save", "save", "SIGTERM"] as const) {
        control.request(request);
        asked.push(request);
        await sleep(15); // on a busy machine one may replace the one before
      }
    };
    // The last request is replaced by no other: it comes, however fast the ranks are.
    const step = {
      do: "watchRequests",
      rounds: Number.POSITIVE_INFINITY,
      until: "SIGTERM",
    } as const;
    const ranks = await runRanks(everywhere(worldSize, step), {
      meanwhile: (group) => void ask(group),
    });
    const [first, ...others] = ranks.map(([outcome]) => (outcome as { value: unknown }).value);
    const seen = first as [number, HostRequest][];
    for (const other of others) assert.equal(other, seen);
    assert.is(seen.at(-1)?.[1], "SIGTERM");
    let from = 0;
    for (const [, request] of seen) from = 1 + asked.indexOf(request, from);
    assert.ok(seen.length <= asked.length && from > 0, `${JSON.stringify(seen)} of ${asked}`);
  });
}

test("a request that nobody takes is replaced by the next one", async () => {
  const steps = [
    { do: "sleep", ms: 100 },
    { do: "watchRequests", rounds: 10 },
  ] as const;
  const ranks = await runRanks(everywhere(2, ...steps), {
    meanwhile: (group) => {
      const control = new ControlBlock(group.control, 2);
      control.request("save");
      control.request("SIGINT");
    },
  });
  for (const outcomes of ranks) assert.equal(outcomes[1], { value: [[1, "SIGINT"]] });
});

test.run();
