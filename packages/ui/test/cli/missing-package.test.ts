import { spawnSync } from "node:child_process";
import { cpSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { logged, newFolder, runFolder, writeJournal } from "../index/make-journal.ts";

const test = suite("acc without @acc/ui");
const CORE = fileURLToPath(new URL("../../../core", import.meta.url));
/** Where a copy of core is, as it is installed without this package beside it. */
const elsewhere = newFolder();

test.before(() => {
  for (const part of ["bin", "dist", "package.json"]) {
    cpSync(join(CORE, part), join(elsewhere, part), { recursive: true });
  }
  symlinkSync(join(CORE, "node_modules"), join(elsewhere, "node_modules"));
});

function acc(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [join(elsewhere, "bin/acc.mjs"), ...args], {
    ...{ cwd: elsewhere, encoding: "utf8", timeout: 60_000 },
  });
}

test("its commands say how to install it", () => {
  for (const args of [
    ["ui"],
    ["runs", "show", "0"],
    ["runs", "export", "0"],
    ["runs", "list", "--values"],
  ]) {
    const { status, stderr } = acc(...args);
    assert.is(status, 1);
    assert.match(stderr, /PACKAGE_MISSING.*npm install @acc\/ui/);
  }
});

test("the help knows them, and the rest of acc works", async () => {
  await writeJournal(runFolder(elsewhere, "a"), [logged({ loss: 1 }, 0)]);
  assert.is(acc("runs", "list").status, 0);
  assert.match(acc("--help").stdout, /^ {2}ui +shows the runs/m);
  assert.match(acc("runs", "--help").stdout, /runs show .*\n.*runs export/);
});

test.run();
