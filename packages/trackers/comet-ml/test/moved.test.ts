import { join } from "node:path";
import { creationOf, deliverMoved } from "@acc/test-kit/faults/moved-run";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { CometTracker } from "../src/tracker.ts";
import { readArchive } from "./read-archive.ts";

const test = suite("Comet: a run whose folder was moved");

for (const moved of ["project", "runs"] as const) {
  test(`is delivered where it is now: ${moved}`, async () => {
    const { project, isOldPlaceUsed } = await deliverMoved({
      moved,
      create: (run, before) => {
        const options = { online: false, offlineDirectory: join(before, "runs/comet") };
        return new CometTracker(creationOf(run, before, options));
      },
    });
    const folder = join(project, moved === "project" ? "runs" : "runs2");
    const { messages } = readArchive(join(folder, "comet"));
    assert.is(messages.filter(({ type }) => type === "metric_msg").length, 6);
    assert.is(isOldPlaceUsed, false, "nothing is written at the old place");
  });
}

test.run();
