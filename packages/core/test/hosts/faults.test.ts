import { suite } from "@acc/test-kit/suite";
import * as assert from "uvu/assert";
import { abortGroup, type SharedGroup } from "../../src/collective/shared-group.ts";
import type { Outcome, Step } from "../collective/fixtures/rank.ts";
import { everywhere } from "../collective/run-ranks.ts";
import { lastOf, requireEverywhere } from "./require-everywhere.ts";
import { runHosts } from "./run-hosts.ts";

const faults = suite("faults over hosts");

const reduce: Step = { do: "allReduce", length: 100_000, op: "sum" };

faults("tells both calls on all ranks if hosts disagree, and the next call works", async () => {
  const steps = [0, 1, 2].map((rank): Step[] => [
    { do: "allReduce", length: rank === 2 ? 7 : 5, op: "sum" },
    { do: "broadcast", length: 5, from: 2 },
  ]);
  const { outcomes, errors, closed } = await runHosts([2, 1], steps);
  for (const [first, second] of outcomes) {
    const { code, message = "" } = first as { code?: string; message?: string };
    assert.is(code, "COLLECTIVE_MISMATCH");
    assert.match(
      message,
      'ranks 0, 1 called allReduce(float32[5]) with op "sum"; rank 2 called allReduce(float32[7])',
    );
    assert.ok(second && "value" in second);
  }
  assert.equal(errors.filter(Boolean), []);
  assert.equal(closed, [true, true]);
});

faults.slow(
  "names what ranks of one host called where they disagree among themselves",
  async () => {
    const steps = [0, 1, 2].map((rank): Step[] => [
      rank === 1 ? { do: "barrier" } : { do: "allReduce", length: 5, op: "sum" },
    ]);
    const result = await runHosts([2, 1], steps);
    requireEverywhere(
      result,
      "COLLECTIVE_MISMATCH",
      /ranks 0, 2 called allReduce.*; rank 1 called barrier\(\)/,
    );
  },
);

faults.slow("a failure on one host reaches those who wait on the others at once", async () => {
  const steps: Step[][] = [
    [{ do: "barrier" }, { do: "sleep", ms: 3000 }],
    [{ do: "barrier" }, reduce],
  ];
  let abortedAt = 0;
  let toldAt = 0;
  const meanwhile = (groups: readonly SharedGroup[]): void => {
    setTimeout(() => {
      abortedAt = performance.now();
      abortGroup(groups[0] as SharedGroup, "Replica 0 on nodeA failed: boom");
    }, 400);
    const watch = setInterval(() => {
      if (Atomics.load(new Int32Array((groups[1] as SharedGroup).control), 2) === 0) return;
      toldAt = performance.now();
      clearInterval(watch);
    }, 1);
  };
  const { outcomes, errors, closed } = await runHosts([1, 1], steps, { meanwhile });
  const { code, message } = lastOf(outcomes[1] as Outcome[]);
  assert.is(code, "COLLECTIVE_ABORTED");
  assert.is(message, "Another replica ended the run: Replica 0 on nodeA failed: boom");
  assert.is(errors[1]?.message, message);
  assert.equal(closed, [true, true]);
  assert.ok(toldAt - abortedAt < 500, `${toldAt - abortedAt} ms`);
});

faults.slow("hosts with other versions or settings do not start", async () => {
  const facts = (host: number): Record<string, string> => ({ timeoutMs: String(1000 + host) });
  const { errors } = await runHosts([1, 1], everywhere(2, { do: "barrier" }), { facts });
  for (const error of errors) {
    assert.is((error as { code?: string } | undefined)?.code, "HOSTS_DIFFER");
    assert.match(error?.message ?? "", /timeoutMs is 100[01] on node[AB] and 100[01] on node[AB]/);
  }
});

faults.run();
