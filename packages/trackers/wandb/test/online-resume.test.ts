import { readdirSync } from "node:fs";
import { join } from "node:path";
import { TrackerUnreachableError } from "@acc/core/tracker";
import * as assert from "uvu/assert";
import { KEY, onlineSuite, rowsOf, runOf, start } from "./online-suite.ts";
import { Recording } from "./recording.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const test = onlineSuite("W&B online: runs taken up again");

test("resume: goes on after the last step, with the summary and the configuration", async ({
  stub,
}) => {
  const first = await start(stub, { tags: ["a"] });
  first.post({ type: "config", values: { lr: 0.1, old: [1, Number.NaN] } });
  first.log({ m: 1, big: 2n ** 60n, inf: Infinity }, 4);
  await first.finish();
  for (const resume of ["allow", "must"] as const) {
    const next = await start(stub, { resume });
    next.post({ type: "config", values: { lr: 0.2 } });
    next.log({ m: resume });
    next.log({ m: 3 });
    await next.deliverRest(1);
    await next.restart(); // by now the server has a row of its own
    await next.finish();
  }
  const run = runOf(stub);
  assert.equal(
    rowsOf(stub).map((row) => (row as { _step: number })._step),
    [4, 5, 6, 7, 8],
  );
  assert.equal([run.offsetErrors, run.tags], [[], ["a"]]);
  assert.equal(run.config.old, { value: [1, "NaN"] });
  assert.equal(run.config.lr, { value: 0.2 });
  assert.match(run.summary ?? "", '"big":1152921504606846976');
  assert.match(run.summary ?? "", '"inf":Infinity');
});

test("resume must without a run, and never with one, wait in the journal with advice", async ({
  stub,
}) => {
  const first = await start(stub);
  first.log({ m: 1 });
  await first.finish();
  for (const [id, resume] of [
    ["absent", "must"],
    ["run1", "never"],
  ] as const) {
    const recording = await start(stub, { id, resume });
    recording.log({ m: 2 });
    try {
      await recording.deliverRest();
      assert.unreachable();
    } catch (error) {
      assert.instance(error, TrackerUnreachableError);
      assert.is((error as TrackerUnreachableError).permanent, true);
      assert.match((error as Error).message, 'resume "allow"');
    }
  }
  assert.is(runOf(stub).history.length, 1);
  const never = await start(stub, { id: "new", resume: "never" });
  never.log({ m: 2 });
  await never.deliverRest();
  await never.restart(); // the run is there now, but it is its own
  await never.finish();
  assert.is(stub.state.runs["acc/proj/new"]?.complete, true);
});

test("resume auto: the next run of the folder goes on until one ends well", async ({ stub }) => {
  const dir = temporaryFolder();
  const ids: string[] = [];
  for (const status of ["failure", "success", "success"] as const) {
    const recording = await Recording.start(dir, {
      ...{ baseUrl: stub.url, apiKey: KEY, resume: "auto", transmitIntervalMs: 0 },
    });
    recording.log({ m: 1 });
    await recording.finish(status);
    ids.push(recording.tracker.tracker.id);
  }
  assert.is(ids[0], ids[1]);
  assert.is.not(ids[1], ids[2]);
  assert.equal(readdirSync(join(dir, "wandb")), []);
});

test.run();
