import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { launch } from "../../src/launch/launch.ts";

const core = new URL("../../src/index.ts", import.meta.url).href;
export const TRACKERS = fileURLToPath(new URL("../../../trackers", import.meta.url));
export const FOLDERS: readonly string[] = readdirSync(TRACKERS);
const SCRIPT = `import { Accelerator } from ${JSON.stringify(core)};
const codeOf = (logWith) => {
  try {
    new Accelerator({ logWith });
    return "no error";
  } catch (error) {
    return error.code;
  }
};
export default (names) => Object.fromEntries(names.map((name) => [name, codeOf(name)]));
`;
const names = FOLDERS.map((folder) => folder.replaceAll("-", "_"));

/** Tests that a tracker without a directory is refused on each of so many ranks, in a project in which every tracker is installed. */
export function testDirectory(test: Test, numProcesses: number): void {
  const project = mkdtempSync(join(tmpdir(), "acc-trackers-"));
  test.after(() => rmSync(project, { recursive: true }));
  test(`is an error of the constructor where it is missing, on each of ${numProcesses} ranks`, async () => {
    const scope = join(project, "node_modules", "@acc");
    mkdirSync(scope, { recursive: true });
    for (const folder of FOLDERS)
      symlinkSync(join(TRACKERS, folder), join(scope, `tracker-${folder}`));
    const script = join(project, "train.mjs");
    writeFileSync(script, SCRIPT);
    const expected = Object.fromEntries(
      [...names, "all"].map((name) => {
        const writesFiles = ["aim", "tensorboard", "all"].includes(name);
        return [name, writesFiles ? "TRACKER_NEEDS_DIRECTORY" : "no error"];
      }),
    );
    const results = await launch(script, { numProcesses, args: [[...names, "all"]] });
    assert.equal(results, new Array(numProcesses).fill(expected));
  });
}
