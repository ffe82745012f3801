import { setTimeout as sleep } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { OPERATIONS } from "../../src/collective/call-text.ts";
import { ARRIVED, ControlBlock, ONE_ROUND, ROUND } from "../../src/collective/control-block.ts";
import { abortGroup, type SharedGroup } from "../../src/collective/shared-group.ts";
import { runRanks } from "./run-ranks.ts";

const test = suite("the end of a group right behind a round");
/** Of the wait for the other rank. */
const LIMIT_MS = 30_000;

/** Plays rank 1, which meets rank 0 and fails at once: before rank 0 has seen that the round is over. */
async function meetAndFail(group: SharedGroup): Promise<void> {
  const control = new ControlBlock(group.control, 2);
  const operation = OPERATIONS.indexOf("barrier");
  control.writeHeader(1, {
    ...{ operation, count: 0, dtype: 0, parameter: 0, sizeBytes: 0, call: "barrier" },
  });
  const { cells } = control;
  const limit = Date.now() + LIMIT_MS;
  while (Atomics.load(cells, ARRIVED) === 0 && Date.now() < limit) await sleep(1);
  await sleep(50); // it sleeps now, and is woken by the end
  Atomics.store(cells, ARRIVED, 0);
  Atomics.add(cells, ROUND, ONE_ROUND);
  abortGroup(group, "rank 1 has failed");
}

test("a rank that was in the round has passed it; the next one fails", async () => {
  let playing: Promise<void> | undefined;
  const [outcomes] = await runRanks([[{ do: "barrier" }, { do: "barrier" }], []], {
    meanwhile: (group) => {
      playing = meetAndFail(group);
    },
  });
  await playing;
  const [first, second] = outcomes ?? [];
  assert.equal(first, { value: undefined });
  assert.is((second as { code: string }).code, "COLLECTIVE_ABORTED");
});

test.run();
