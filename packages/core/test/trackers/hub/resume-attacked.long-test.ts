import { readFileSync, writeFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { RunPlace } from "../../../src/context/tracker-request.ts";
import { journalPath } from "../../../src/journal/run-folder.ts";
import { onSmallDisk } from "../../../src/testing/small-disk.ts";
import { range, withService } from "./attempts.ts";
import { testLostAnswers } from "./test-lost-answers.ts";

const test = suite(
  "a run that goes on from a checkpoint, after a loss of power and on a full disk",
);

testLostAnswers(test, false);

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
