import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { makeFolder } from "../src/make-folder.ts";

const test = suite("makeFolder");
const folder = mkdtempSync(join(tmpdir(), "acc-folder-"));
const LIMIT_MS = 20_000;

test.after(() => rmSync(folder, { recursive: true }));

const codeOf = (path: string): Promise<unknown> =>
  Promise.race([
    makeFolder(path).then(
      () => "made",
      (error: NodeJS.ErrnoException) => error.code,
    ),
    new Promise((resolve) => setTimeout(resolve, LIMIT_MS, "no end").unref()),
  ]);

test("makes what is missing, also several callers at once, and leaves what is there", async () => {
  const path = join(folder, "a", "b", "c");
  const calls = Array.from({ length: 8 }, (_, i) => makeFolder(join(path, String(i % 3))));
  await Promise.all([...calls, makeFolder(path), makeFolder(`${path}/../c/`)]);
  for (const name of ["0", "1", "2"]) assert.ok(statSync(join(path, name)).isDirectory());
  await makeFolder("/");
});

test("fails below a file, a link to nothing, and where no folder can be", async () => {
  const file = join(folder, "file");
  writeFileSync(file, "");
  assert.is(await codeOf(join(file, "below")), "ENOTDIR");
  assert.is(await codeOf(file), "EEXIST");
  symlinkSync(join(folder, "nothing"), join(folder, "link"));
  assert.is(await codeOf(join(folder, "link", "below", "it")), "EEXIST");
  if (existsSync("/proc/self")) assert.is(await codeOf("/proc/acc/below"), "ENOENT");
});

test.run();
