import { join } from "node:path";
import { creationOf, deliverMoved } from "@acc/test-kit/faults/moved-run";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { SwanLabTracker } from "../src/tracker.ts";
import { readRun, runFolder, scalarsOf } from "./read-run.ts";

const test = suite("SwanLab: a run whose folder was moved");

for (const moved of ["project", "runs"] as const) {
  test(`is delivered where it is now: ${moved}`, async () => {
    const { project, isOldPlaceUsed } = await deliverMoved({
      moved,
      create: (run, before) => {
        const options = { mode: "offline", logDir: join(before, "runs", "swanlog") };
        return new SwanLabTracker(creationOf(run, before, options));
      },
    });
    const folder = join(project, moved === "project" ? "runs" : "runs2");
    const records = readRun(runFolder(join(folder, "swanlog")));
    assert.equal(
      scalarsOf(records, "loss").map(([, value]) => value),
      [0, 1, 2, 3, 4, 5],
    );
    assert.is(records.at(-1)?.kind, "finish");
    assert.is(isOldPlaceUsed, false, "nothing is written at the old place");
  });
}

test.run();
