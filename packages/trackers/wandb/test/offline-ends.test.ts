import { appendFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TrackerUnreachableError } from "@acc/core/tracker";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { rowsOf, startOffline } from "./offline-run.ts";
import { offlineFolder, readOfflineRun } from "./read-run.ts";
import { Recording } from "./recording.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const test = suite("W&B offline: how runs end and go on");

test("a process that dies at any event leaves no half run once another has gone on", async () => {
  const fill = (recording: Recording) => {
    recording.post({ type: "config", values: { lr: 0.1 } });
    for (let step = 0; step < 6; step++) {
      recording.log({ m: step, text: "x".repeat(step === 3 ? 40_000 : 10) }, step);
      recording.log({ n: step });
    }
  };
  const { dir: undisturbed, recording: reference } = await startOffline({ id: "same" });
  fill(reference);
  await reference.finish("failure");
  const expected = rowsOf(undisturbed);
  for (let death = 0; death <= reference.events.length; death++) {
    const { dir, recording } = await startOffline({ id: "same" });
    fill(recording);
    // Two events are recorded and saved, then more are written that nobody saved, and half a record.
    const lost = recording.events.slice(recording.delivered, death);
    if (lost.length > 0) {
      await recording.tracker.deliver(lost, AbortSignal.timeout(5000));
      appendFileSync(join(offlineFolder(dir), "run-same.wandb"), Buffer.alloc(90, 7));
    }
    await recording.restart();
    await recording.deliverRest(3);
    await recording.restart();
    await recording.finish("failure");
    const run = readOfflineRun(offlineFolder(dir));
    assert.equal(rowsOf(dir), expected, `died after ${death}`);
    assert.equal([run.config, run.exitCode], [{ lr: 0.1 }, 1]);
    assert.is(run.summary.n, 5);
  }
});

test("finishing twice adds nothing, what comes later is counted", async () => {
  const { dir, recording } = await startOffline();
  recording.log({ m: 1 });
  recording.tracker.tracker.finish();
  assert.throws(() => recording.tracker.tracker.log({ m: 3 }), /finished/);
  recording.log({ m: 2 });
  await recording.finish();
  await recording.restart();
  await recording.finish();
  assert.equal(rowsOf(dir), [{ m: 1, _step: 0 }]);
  assert.match(recording.warnings.join(), "after the run's finish() 1 times");
});

test("a folder that cannot be written keeps the events for later", async () => {
  const dir = temporaryFolder();
  writeFileSync(join(dir, "wandb"), "in the way");
  const recording = await Recording.start(dir, { mode: "offline" });
  recording.log({ m: 1 });
  try {
    await recording.deliverRest();
    assert.unreachable();
  } catch (error) {
    assert.instance(error, TrackerUnreachableError);
    assert.match((error as Error).message, "WANDB_DIR");
  }
  rmSync(join(dir, "wandb"));
  await recording.finish();
  assert.equal(rowsOf(dir), [{ m: 1, _step: 0 }]);
});

test("disabled: nothing is written, every call works", async () => {
  const dir = temporaryFolder();
  const recording = await Recording.start(dir, { mode: "disabled" });
  recording.log({ m: 1 });
  recording.tracker.tracker.log({ m: 2 });
  assert.is(recording.tracker.tracker.disabled, true);
  await recording.finish();
  assert.equal(readdirSync(dir), []);
});

test.run();
