import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { creationOf, deliverMoved } from "@acc/test-kit/faults/moved-run";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ClearMLTracker } from "../src/tracker.ts";

const test = suite("ClearML: a run whose folder was moved");

for (const moved of ["project", "runs"] as const) {
  test(`is delivered where it is now: ${moved}`, async () => {
    const { project, isOldPlaceUsed } = await deliverMoved({
      moved,
      create: (run, before) => {
        const options = { offline: true, cacheDir: join(before, "runs") };
        return new ClearMLTracker(creationOf(run, before, options));
      },
    });
    const folder = join(project, moved === "project" ? "runs" : "runs2");
    const names = readdirSync(join(folder, "offline"));
    const session = names.find((name) => !name.endsWith(".zip"));
    assert.is(names.length, 2, `${names}`);
    const text = readFileSync(join(folder, "offline", String(session), "metrics.jsonl"), "utf8");
    const values = text
      .split("\n")
      .filter(Boolean)
      .flatMap((line) => JSON.parse(line));
    assert.equal(
      values.map(({ value }) => value),
      [0, 1, 2, 3, 4, 5],
    );
    assert.is(isOldPlaceUsed, false, "nothing is written at the old place");
  });
}

test.run();
