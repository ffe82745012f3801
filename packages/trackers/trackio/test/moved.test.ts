import { join } from "node:path";
import { creationOf, deliverMoved } from "@acc/test-kit/faults/moved-run";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { TrackioTracker } from "../src/tracker.ts";
import { readInbox } from "./read-inbox.ts";

const test = suite("Trackio: a run whose folder was moved");

for (const moved of ["project", "runs"] as const) {
  test(`is delivered where it is now: ${moved}`, async () => {
    const { project, isOldPlaceUsed } = await deliverMoved({
      moved,
      create: (run, before) => {
        const options = { dir: join(before, "runs/trackio") };
        return new TrackioTracker(creationOf(run, before, options));
      },
    });
    const folder = join(project, moved === "project" ? "runs" : "runs2");
    const values = readInbox(join(folder, "trackio")).map(({ metrics }) => metrics.loss);
    assert.equal(values, [0, 1, 2, 3, 4, 5]);
    assert.is(isOldPlaceUsed, false, "nothing is written at the old place");
  });
}

test.run();
