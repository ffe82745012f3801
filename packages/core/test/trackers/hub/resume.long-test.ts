import { appendFileSync, rmSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { RunPlace } from "../../../src/context/tracker-request.ts";
import { journalPath } from "../../../src/journal/run-folder.ts";
import { ends, range, withService } from "./attempts.ts";

const test = suite("a run that goes on from a checkpoint in other ways");

for (const count of [10, 2000]) {
  test(`the same if the service was away: ${count} values behind the checkpoint`, () =>
    withService(async (run) => {
      run.service.mode = { kind: "status", status: 503 };
      await run.attempt({ from: 0, to: 5 + count, checkpoints: [4], end: "kill" });
      run.service.mode = { kind: "good" };
      await run.attempt({ resume: 4, from: 5, to: 10 + count, end: "success" });
      assert.equal(run.service.numbers, range(10 + count));
      assert.equal(ends(run), ["success"]);
    }));
}

test("a run that was closed is opened again, also several times", () =>
  withService(async (run) => {
    await run.attempt({ from: 0, to: 10, checkpoints: [4, 9], end: "failure" });
    assert.equal(ends(run), ["failure"]);
    await run.attempt({ resume: 4, from: 5, to: 20, checkpoints: [9, 14], end: "kill" });
    await run.attempt({ resume: 14, from: 15, to: 22, checkpoints: [19], end: "failure" });
    await run.attempt({ resume: 9, from: 10, to: 30, end: "success" });
    assert.equal(run.service.numbers, range(30));
    assert.equal(ends(run), ["success"]);
  }));

test("values without steps are matched by their order behind the checkpoint", () =>
  withService(async (run) => {
    const part = { withoutSteps: true } as const;
    await run.attempt({ ...part, from: 0, to: 10, checkpoints: [4], end: "kill" });
    const again = await run.attempt({ ...part, resume: 4, from: 5, to: 12, end: "kill" });
    assert.is(again.stderr, "");
    await run.attempt({ ...part, resume: 4, from: 5, to: 15, end: "success" });
    assert.equal(run.service.numbers, range(15));
  }));

test("what the killed process did not write to its end is no damage", () =>
  withService(async (run) => {
    await run.attempt({ from: 0, to: 10, checkpoints: [4], end: "kill" });
    appendFileSync(journalPath((run.place as RunPlace).folder), Buffer.of(100, 0, 0, 0, 1, 2, 3));
    await run.attempt({ resume: 4, from: 5, to: 15, end: "success" });
    assert.equal(run.service.numbers, range(15));
    const { code, stdout } = await run.sync();
    assert.is(code, 0, stdout);
  }));

test("without its journal the trackers begin a new run, and say so", () =>
  withService(async (run) => {
    await run.attempt({ from: 0, to: 6, checkpoints: [4], end: "kill" });
    const first = run.place as RunPlace;
    rmSync(first.folder, { recursive: true });
    const { stderr } = await run.attempt({ resume: 4, from: 5, to: 8, end: "success" });
    assert.match(stderr, "begin a new run");
    assert.is.not(run.place?.runId, first.runId);
  }));

test.run();
