import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { RunPlace } from "../../../src/context/tracker-request.ts";
import { journalPath } from "../../../src/journal/run-folder.ts";
import { RunLock } from "../../../src/journal/run-lock.ts";
import { onSmallDisk } from "../../../src/testing/small-disk.ts";
import { range, withService } from "./attempts.ts";

const test = suite("a run that goes on from a checkpoint, attacked");

for (const withoutSteps of [false, true]) {
  const how = withoutSteps ? "without steps" : "with steps";
  test(`what several killed attempts may have delivered is there once (${how})`, () =>
    withService(async (run) => {
      // It takes what it is sent, and its answers are lost: nobody knows what it has.
      run.service.mode = { kind: "lost-answer" };
      await run.attempt({ withoutSteps, from: 0, to: 10, checkpoints: [4], end: "kill" });
      await run.attempt({ withoutSteps, resume: 4, from: 5, to: 12, end: "kill" });
      run.service.mode = { kind: "good" };
      await run.attempt({ withoutSteps, resume: 4, from: 5, to: 15, end: "success" });
      assert.equal(run.service.numbers, range(15));
    }));
}

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

test("numbers that a tracker knows are not used again where a loss of power took the end of the journal", () =>
  withService(async (run) => {
    await run.attempt({ from: 0, to: 10, checkpoints: [4], end: "kill" });
    const path = journalPath((run.place as RunPlace).folder);
    // The blocks of the last records were never written: the file has its length, and zeros.
    const bytes = readFileSync(path);
    const lost = bytes.lastIndexOf('{"type":"metrics","values":{"i":7}') - 8;
    assert.ok(lost > 0);
    writeFileSync(path, bytes.fill(0, lost));
    await run.attempt({ resume: 4, from: 5, to: 15, end: "success" });
    // What it had behind the checkpoint and the journal has lost is there twice, and nothing is missing.
    assert.equal([...new Set(run.service.numbers)], range(15));
  }));

test("a full disk: the run does not go on, what it had logged stays, and acc sync delivers it", () =>
  onSmallDisk(
    (disk) =>
      withService(async (run) => {
        run.service.mode = { kind: "status", status: 503 };
        const part = { loggingDir: disk.folder, deliveryTimeoutMs: 0 };
        await run.attempt({ ...part, from: 0, to: 10, checkpoints: [4], end: "kill" });
        const first = run.place as RunPlace;
        disk.fill();
        const again = await run.attempt({ ...part, resume: 4, from: 5, to: 8, end: "success" });
        assert.match(again.stderr, /cannot go on: ENOSPC/);
        disk.free();
        run.service.mode = { kind: "good" };
        const { code, stdout } = await run.sync(first.folder);
        assert.is(code, 0, stdout);
        assert.equal(run.service.numbers, range(10));
      }),
    "1m",
  ));

test.run();
