/** A tracker that writes files is refused without a directory when the Accelerator is made, on every rank. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { launch } from "../../src/index.ts";

const test = suite("the directory of trackers");
const core = new URL("../../src/index.ts", import.meta.url).href;
const trackers = fileURLToPath(new URL("../../../trackers", import.meta.url));
const FOLDERS = [
  "aim",
  "clearml",
  "comet-ml",
  "dvclive",
  "mlflow",
  "swanlab",
  "tensorboard",
  "wandb",
];
const names = FOLDERS.map((folder) => folder.replaceAll("-", "_"));

/** A project in which every tracker is installed. */
const project = mkdtempSync(join(tmpdir(), "acc-trackers-"));
const scope = join(project, "node_modules", "@acc");
mkdirSync(scope, { recursive: true });
for (const folder of FOLDERS) symlinkSync(join(trackers, folder), join(scope, `tracker-${folder}`));
const script = join(project, "train.mjs");
writeFileSync(
  script,
  `import { Accelerator } from ${JSON.stringify(core)};
  const codeOf = (logWith) => {
    try {
      new Accelerator({ logWith });
      return "no error";
    } catch (error) {
      return error.code;
    }
  };
  export default (names) => Object.fromEntries(names.map((name) => [name, codeOf(name)]));
`,
);
test.after(() => rmSync(project, { recursive: true }));

for (const numProcesses of [1, 2, 3]) {
  test(`is an error of the constructor where it is missing, on each of ${numProcesses} ranks`, async () => {
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

test("is required if the package.json of a tracker says so, as if its plugin does", async () => {
  for (const folder of FOLDERS) {
    const manifest = JSON.parse(readFileSync(join(trackers, folder, "package.json"), "utf8"));
    const source = readFileSync(join(trackers, folder, "src", "index.ts"), "utf8");
    const [, inPlugin] = /requiresLoggingDirectory: (true|false)/.exec(source) ?? [];
    assert.is(String(manifest.acc.tracker.requiresLoggingDirectory), inPlugin, folder);
  }
});

test.run();
