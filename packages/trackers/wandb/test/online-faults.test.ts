import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { TrackerUnreachableError } from "@acc/core/tracker";
import * as assert from "uvu/assert";
import type { Fault } from "./fixtures/vectors/stub.mjs";
import { FILLED_ROWS, fill, onlineSuite, rowsOf, runOf, start } from "./online-suite.ts";
import { looseParse } from "./read-run.ts";
import type { Recording } from "./recording.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const test = onlineSuite("W&B online: faults");

/** Delivers as the hub does, until the server accepts it. */
async function untilDelivered(recording: Recording, size?: number): Promise<number> {
  for (let failures = 0; failures < 20; failures++) {
    try {
      await recording.deliverRest(size);
      await recording.finish();
      return failures;
    } catch (error) {
      if (!(error instanceof TrackerUnreachableError) || error.permanent) throw error;
    }
  }
  throw new Error("not delivered after 20 attempts");
}

const faults: Record<string, Fault[]> = {
  "is down for two requests": [{ match: "graphql", status: 503, times: 2 }],
  "refuses lines for a while": [{ match: "file_stream", status: 500, times: 3 }],
  "resets connections": [
    { match: "file_stream", reset: true, times: 2 },
    { match: "UpsertBucket", reset: true },
  ],
  "loses its answers": [
    { match: "file_stream", lose_reply: true, skip: 1, times: 3 },
    { match: "UpsertBucket", lose_reply: true },
    { match: "PUT", lose_reply: true },
  ],
  "answers garbage": [
    { match: "file_stream", bad_json: true, skip: 2, times: 2 },
    { match: "UpsertBucket", bad_json: true },
    { match: "CreateRunFiles", bad_json: true },
  ],
  "answers with GraphQL errors": [
    { match: "UpsertBucket", graphql_errors: [{ message: "try again" }], times: 2 },
  ],
};
for (const [name, list] of Object.entries(faults)) {
  test(`every row is there once when the server ${name}`, async ({ stub }) => {
    for (const fault of list) stub.addFault(fault);
    const recording = await start(stub);
    fill(recording);
    const failures = await untilDelivered(recording, 3);
    assert.ok(failures > 0);
    const run = runOf(stub);
    assert.equal(rowsOf(stub), FILLED_ROWS);
    assert.equal([run.complete, run.exitcode, run.offsetErrors], [true, 0, []]);
    assert.equal(looseParse(run.summary ?? "{}"), {
      ...(looseParse(run.summary ?? "{}") as object),
      ...{ m: 9, n: 9, _step: 9 },
    });
  });
}

test("a server that hangs is given up when time is up, and gets everything later", async ({
  stub,
}) => {
  stub.addFault({ match: "file_stream", hang: true });
  const recording = await start(stub);
  fill(recording);
  const failure = await recording.tracker
    .deliver(recording.events, AbortSignal.timeout(300))
    .catch((error: unknown) => error);
  assert.instance(failure, TrackerUnreachableError);
  await recording.restart();
  await recording.finish();
  assert.equal(rowsOf(stub), FILLED_ROWS);
  assert.equal(runOf(stub).offsetErrors, []);
});

test("a server that asks to wait is waited for as long as it says", async ({ stub }) => {
  stub.addFault({ match: "UpsertBucket", status: 429, headers: { "retry-after": "7" } });
  const recording = await start(stub);
  recording.log({ m: 1 });
  try {
    await recording.deliverRest();
    assert.unreachable();
  } catch (error) {
    assert.is((error as TrackerUnreachableError).retryAfterMs, 7000);
  }
});

test("a process that dies after any delivery leaves a run that another completes", async ({
  stub,
}) => {
  for (let death = 1; death <= 21; death += 4) {
    const recording = await start(stub, { id: `killed-${death}` });
    fill(recording);
    // Delivered, but nobody saved that it was.
    await recording.tracker.deliver(recording.events.slice(0, death), AbortSignal.timeout(5000));
    await recording.restart();
    await recording.deliverRest(5);
    await recording.restart();
    await recording.finish("failure");
    const run = stub.state.runs[`acc/proj/killed-${death}`];
    const rows = run?.history.map((line) => (looseParse(line) as { _step: number })._step);
    assert.equal(rows, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], `died after ${death}`);
    assert.equal([run?.offsetErrors, run?.exitcode], [[], 1]);
  }
});

test("an artifact is recorded once, whatever comes in between", async ({ stub }) => {
  const dir = temporaryFolder();
  const recording = await start(stub, {}, dir);
  writeFileSync(join(dir, "note.txt"), "hello\n");
  recording.tracker.tracker.logArtifact(join(dir, "note.txt"));
  recording.log({ m: 1 });
  stub.addFault({ match: "file_stream", status: 500 });
  await untilDelivered(recording);
  assert.is(Object.keys(stub.state.artifacts).length, 1);
  // Refused for good: this event fails alone, and the hub counts it.
  const refused = await start(stub, { id: "run2" }, dir);
  stub.addFault({
    match: "CreateArtifact",
    graphql_errors: [{ message: "no such type" }],
    times: -1,
  });
  refused.tracker.tracker.logArtifact(join(dir, "note.txt"));
  try {
    await refused.deliverRest();
    assert.unreachable();
  } catch (error) {
    assert.not.instance(error, TrackerUnreachableError);
    assert.match((error as Error).message, "no such type");
  }
});

test.run();
