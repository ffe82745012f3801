import { readFileSync, rmSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { RunPlace } from "../../../src/context/tracker-request.ts";
import { journalPath } from "../../../src/journal/run-folder.ts";
import { RunLock } from "../../../src/journal/run-lock.ts";
import { withService } from "./attempts.ts";
import { testLostAnswers } from "./test-lost-answers.ts";

const test = suite("a run that goes on from a checkpoint, attacked");

testLostAnswers(test, true);

test("a run that another process goes on with at this moment is left to it", () =>
  withService(async (run) => {
    await run.attempt({ from: 0, to: 10, checkpoints: [4], end: "kill" });
    const first = run.place as RunPlace;
    const lock = await RunLock.acquire(first.folder);
    assert.instance(lock, RunLock);
    const { stderr } = await run.attempt({ resume: 4, from: 5, to: 8, end: "success" });
    assert.match(stderr, /cannot go on: it is in use by process \d+/);
    assert.match(stderr, "begin a new run");
    assert.is.not(run.place?.runId, first.runId);
    await (lock as RunLock).release();
  }));

test("a run that a stranger's machine recorded does not go on", () =>
  withService(async (run) => {
    await run.attempt({ from: 0, to: 6, checkpoints: [4], end: "kill" });
    const first = run.place as RunPlace;
    const journal = readFileSync(journalPath(first.folder));
    rmSync(run.project.home, { recursive: true }); // the secret of this machine is another one from now on
    const { stderr } = await run.attempt({ resume: 4, from: 5, to: 8, end: "success" });
    assert.match(stderr, "cannot go on: another machine recorded it");
    assert.is.not(run.place?.runId, first.runId);
    assert.equal(readFileSync(journalPath(first.folder)), journal, "it is as it was");
  }));

test.run();
