import { join } from "node:path";
import { creationOf, deliverMoved } from "@acc/test-kit/faults/moved-run";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { WandbTracker } from "../src/tracker.ts";
import { offlineFolder, readOfflineRun } from "./read-run.ts";

const test = suite("W&B: a run whose folder was moved");

for (const moved of ["project", "runs"] as const) {
  test(`is delivered where it is now: ${moved}`, async () => {
    const { project, isOldPlaceUsed } = await deliverMoved({
      moved,
      create: (run, before) => {
        const options = { mode: "offline", dir: join(before, "runs") };
        return new WandbTracker(creationOf(run, before, options));
      },
    });
    const folder = join(project, moved === "project" ? "runs" : "runs2");
    const { history, exitCode } = readOfflineRun(offlineFolder(folder));
    assert.equal(
      history.map(({ loss }) => loss),
      [0, 1, 2, 3, 4, 5],
    );
    assert.is(exitCode, 0);
    assert.is(isOldPlaceUsed, false, "nothing is written at the old place");
  });
}

test.run();
