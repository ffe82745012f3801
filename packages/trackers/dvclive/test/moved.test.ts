import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { creationOf, deliverMoved } from "@acc/test-kit/faults/moved-run";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { DvcLiveTracker } from "../src/tracker.ts";

const test = suite("DVCLive: a run whose folder was moved");

for (const moved of ["project", "runs"] as const) {
  test(`is delivered where it is now: ${moved}`, async () => {
    const { project, isOldPlaceUsed } = await deliverMoved({
      moved,
      create: (run, before) => {
        const cwd = process.cwd();
        if (existsSync(before)) process.chdir(before);
        try {
          const options = { dir: "runs/dvclive", saveDvcExp: false };
          return new DvcLiveTracker(creationOf(run, before, options));
        } finally {
          process.chdir(cwd);
        }
      },
    });
    const folder = join(project, moved === "project" ? "runs" : "runs2");
    const text = readFileSync(join(folder, "dvclive/plots/metrics/loss.tsv"), "utf8");
    assert.equal(
      text
        .split("\n")
        .slice(1, -1)
        .map((line) => line.split("\t")[1]),
      ["0", "1", "2", "3", "4", "5"],
    );
    const yaml = readFileSync(join(project, "dvc.yaml"), "utf8");
    assert.match(yaml, `${moved === "project" ? "runs" : "runs2"}/dvclive/metrics.json`);
    assert.is(isOldPlaceUsed, false, "nothing is written at the old place");
  });
}

test.run();
