import { suite } from "uvu";
import * as assert from "uvu/assert";
import { TAGS } from "../../src/hosts/tags.ts";
import type { Outcome, Step } from "../collective/fixtures/rank.ts";
import { everywhere } from "../collective/run-ranks.ts";
import { lastOf, requireEverywhere } from "./require-everywhere.ts";
import { runHosts } from "./run-hosts.ts";

const faults = suite("slow, silent and lying hosts");

const reduce: Step = { do: "allReduce", length: 100_000, op: "sum" };

faults("a host that does not come is named when the time is over, on every host", async () => {
  const steps: Step[][] = [
    [{ do: "barrier" }, reduce],
    [{ do: "barrier" }, { do: "sleep", ms: 2500 }, { do: "barrier" }],
    [{ do: "barrier" }, { do: "sleep", ms: 2500 }, { do: "barrier" }],
  ];
  const result = await runHosts([1, 2], steps, { timeoutMs: 600 });
  requireEverywhere(
    result,
    "COLLECTIVE_TIMEOUT",
    /ranks 1, 2 on nodeB did not arrive within 600 ms; rank 0 called allReduce/,
  );
  assert.equal(result.closed, [true, true]);
});

faults("a rank that is missing on its own host is named on every host", async () => {
  const steps: Step[][] = [
    [{ do: "barrier" }, { do: "barrier" }],
    [{ do: "barrier" }, { do: "barrier" }],
    [{ do: "barrier" }, { do: "sleep", ms: 2500 }, { do: "barrier" }],
  ];
  const result = await runHosts([1, 2], steps, { timeoutMs: 600 });
  requireEverywhere(
    result,
    "COLLECTIVE_TIMEOUT",
    /^rank 2 did not arrive within 600 ms; rank 1 called barrier/,
  );
});

faults("the end of a script is told to hosts that wait for it", async () => {
  const steps: Step[][] = [
    [{ do: "barrier" }, { do: "barrier" }],
    [{ do: "barrier" }, { do: "leave" }],
  ];
  const { outcomes } = await runHosts([1, 1], steps, { endsEarly: [1] });
  const { code, message } = lastOf(outcomes[0] as Outcome[]);
  assert.is(code, "COLLECTIVE_RANK_ENDED");
  assert.match(
    message as string,
    "The script of rank 1 has ended, but rank 0 called barrier(), which waits",
  );
});

faults("a silent host ends the job within the time limit and some seconds", async () => {
  const start = performance.now();
  const result = await runHosts([1, 1], everywhere(2, reduce), {
    timeoutMs: 500,
    trouble: { 1: { silentAfterMs: 0 } },
  });
  const { code, message } = lastOf(result.outcomes[0] as Outcome[]);
  assert.is(code, "COLLECTIVE_TIMEOUT");
  assert.match(message as string, "rank 1 on nodeB did not begin within 500 ms");
  assert.is(result.aborted, 1);
  assert.ok(performance.now() - start < 15_000);
});

faults("a host that falls silent in the middle of a run ends the job", async () => {
  const steps = everywhere(2, { do: "reduceMany", rounds: 1_000_000 });
  const result = await runHosts([1, 1], steps, {
    timeoutMs: 500,
    trouble: { 1: { silentAfterMs: 1500 } },
  });
  const { code, message } = lastOf(result.outcomes[0] as Outcome[]);
  assert.is(code, "COLLECTIVE_TIMEOUT");
  assert.match(message as string, /did not arrive within 500 ms|has stopped in the middle/);
  assert.is(result.aborted, 1);
});

faults("a connection that fails is named, and ends the job", async () => {
  const result = await runHosts(
    [1, 1],
    everywhere(2, { do: "barrier" }, { do: "sleep", ms: 500 }, reduce),
    {
      timeoutMs: 3000,
      trouble: { 0: { throwsAfterMs: 250, throws: "the cable is cut" } },
    },
  );
  const { code, message } = lastOf(result.outcomes[0] as Outcome[]);
  assert.is(code, "COLLECTIVE_ABORTED");
  assert.match(
    message as string,
    "The connection to another host of the run has failed: the cable is cut",
  );
  assert.is(result.aborted, 1);
});

faults("a host that has failed waits for another one that still writes a checkpoint", async () => {
  const steps: Step[][] = [
    [{ do: "barrier" }, { do: "barrier" }],
    [{ do: "barrier" }, { do: "sleep", ms: 1500 }, { do: "barrier" }],
  ];
  const { outcomes, aborted, closed } = await runHosts([1, 1], steps, {
    timeoutMs: 400,
    endsAfterMs: { 0: 7000 },
  });
  assert.is(lastOf(outcomes[0] as Outcome[]).code, "COLLECTIVE_TIMEOUT");
  assert.is(aborted, 0);
  assert.equal(closed, [true, true]);
});

faults("a slow connection changes nothing but the time", async () => {
  const result = await runHosts([1, 1], everywhere(2, { do: "reduceMany", rounds: 5 }), {
    trouble: { 0: { delayMs: 20 } },
  });
  assert.equal(result.outcomes, [[{ value: "all right" }], [{ value: "all right" }]]);
  assert.equal(result.closed, [true, true]);
});

faults("the smallest number of threads is that of all hosts", async () => {
  const { threads } = await runHosts([1, 1, 1], everywhere(3, { do: "barrier" }), {
    threads: (host) => [4, 2, 3][host] as number,
  });
  assert.equal(threads, [2, 2, 2]);
});

for (const about of ["content", "length"] as const) {
  faults(`a host that sends another ${about} than what is expected ends the run`, async () => {
    const result = await runHosts([1, 1], everywhere(2, reduce), {
      timeoutMs: 2000,
      trouble: { 1: { lies: { tag: TAGS.headers, about } } },
    });
    const { code, message } = lastOf(result.outcomes[0] as Outcome[]);
    assert.is(code, "COLLECTIVE_ABORTED");
    assert.match(
      message as string,
      /The connection to another host of the run has failed: .*(has sent something else|bytes for a place of)/,
    );
  });
}

faults.run();
