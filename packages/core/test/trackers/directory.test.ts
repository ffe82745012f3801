/** A tracker that writes files is refused without a directory when the Accelerator is made, on every rank. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FOLDERS, TRACKERS, testDirectory } from "./test-directory.ts";

const test = suite("the directory of trackers");

testDirectory(test, 2);

test("is required if the package.json of a tracker says so, as if its plugin does", async () => {
  for (const folder of FOLDERS) {
    const manifest = JSON.parse(readFileSync(join(TRACKERS, folder, "package.json"), "utf8"));
    const source = readFileSync(join(TRACKERS, folder, "src", "index.ts"), "utf8");
    const [, inPlugin] = /requiresLoggingDirectory: (true|false)/.exec(source) ?? [];
    assert.is(String(manifest.acc.tracker.requiresLoggingDirectory), inPlugin, folder);
  }
});

test.run();
