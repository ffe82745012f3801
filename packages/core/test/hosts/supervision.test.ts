import { setTimeout as sleep } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ControlBlock } from "../../src/collective/control-block.ts";
import type { SharedGroup } from "../../src/collective/shared-group.ts";
import { everywhere } from "../collective/run-ranks.ts";
import { runHosts } from "./run-hosts.ts";

const test = suite("requests of hosts");
const LIMIT_MS = 60_000;

for (const asking of [0, 1]) {
  test(`ranks of all hosts see in the same collective what host ${asking} is asked`, async () => {
    const ask = async (groups: readonly SharedGroup[]): Promise<void> => {
      const { control: buffer, worldSize } = groups[asking] as SharedGroup;
      const control = new ControlBlock(buffer, worldSize);
      const limit = Date.now() + LIMIT_MS;
      while (!control.acceptsRequests && Date.now() < limit) await sleep(1);
      await sleep(20);
      control.request("SIGTERM");
    };
    const rounds = Number.POSITIVE_INFINITY;
    const steps = everywhere(3, { do: "watchRequests", rounds, until: "SIGTERM" });
    const { outcomes } = await runHosts([1, 2], steps, { meanwhile: (groups) => void ask(groups) });
    const seen = outcomes.map(([outcome]) => (outcome as { value: [number, string][] }).value);
    for (const own of seen) assert.equal(own, seen[0]);
    assert.is(seen[0]?.at(-1)?.[1], "SIGTERM");
  });
}

test.run();
