import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ArtifactData } from "../../../src/tracker-contract/log-value.ts";
import { ArtifactCopies } from "../../../src/trackers/hub/artifact-copies.ts";

const test = suite("copies of artifacts");

async function copyOf(path: string): Promise<string> {
  const runFolder = mkdtempSync(join(tmpdir(), "acc-run-"));
  const warnings: string[] = [];
  const copies = new ArtifactCopies(runFolder, (warning) => warnings.push(warning));
  let copied: ArtifactData | undefined;
  const artifact: ArtifactData = { name: "artifact", path };
  copies.append({ type: "artifact", artifact, context: {} }, true, (event) => {
    if (event.type === "artifact") copied = event.artifact;
  });
  await copies.settled();
  assert.equal(warnings, []);
  return join(runFolder, copied?.path ?? "none");
}

test("linked files are kept with their content, links to folders are left out", async () => {
  const folder = mkdtempSync(join(tmpdir(), "acc-artifact-"));
  mkdirSync(join(folder, "art/sub"), { recursive: true });
  writeFileSync(join(folder, "model-3.bin"), "three");
  writeFileSync(join(folder, "art/a.txt"), "a");
  symlinkSync("../model-3.bin", join(folder, "art/latest.bin"));
  symlinkSync("..", join(folder, "art/sub/up")); // in a circle
  symlinkSync("nowhere", join(folder, "art/broken"));
  symlinkSync("model-3.bin", join(folder, "latest.bin"));
  symlinkSync("art", join(folder, "linked"));

  const file = await copyOf(join(folder, "latest.bin"));
  const folders = [await copyOf(join(folder, "art")), await copyOf(join(folder, "linked"))];
  writeFileSync(join(folder, "model-3.bin"), "four");
  for (const path of [file, ...folders.map((copy) => join(copy, "latest.bin"))]) {
    assert.not(lstatSync(path).isSymbolicLink());
    assert.is(readFileSync(path, "utf8"), "three", "it is that of the time of the call");
  }
  for (const copy of folders) {
    assert.is(readFileSync(join(copy, "a.txt"), "utf8"), "a");
    assert.not(existsSync(join(copy, "sub/up")));
    assert.not(existsSync(join(copy, "broken")));
  }
});

test.run();
