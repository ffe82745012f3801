import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { encodeRecord, type JournalHeader } from "../../src/journal/journal-record.ts";
import { JournalWriter } from "../../src/journal/journal-writer.ts";
import { journalPath } from "../../src/journal/run-folder.ts";
import { findRuns } from "../../src/runs/find-runs.ts";
import { type Finished, ServiceProject } from "./service-project.ts";

const test = suite("acc sync finds runs");
const project = new ServiceProject();

const acc = (...args: string[]): Promise<Finished> => project.acc(args, {}, scratch());
let current = "";
const scratch = (): string => current;
test.before.each(() => {
  current = mkdtempSync(join(tmpdir(), "acc-find-"));
});
test.after.each(() => rmSync(current, { recursive: true, force: true }));

/** A journal with a header and nothing else. */
async function makeRun(...path: string[]): Promise<string> {
  const folder = join(current, ...path);
  mkdirSync(folder, { recursive: true });
  await writeJournal(folder, { projectName: "p", trackers: [] });
  return folder;
}

async function writeJournal(
  folder: string,
  part: Pick<JournalHeader, "projectName" | "trackers">,
): Promise<void> {
  const header: JournalHeader = {
    ...{ type: "run", id: "ab".repeat(16), startedMs: 0, loggingDir: undefined, script: undefined },
    ...part,
  };
  const writer = await JournalWriter.create(journalPath(folder), encodeRecord(header), () => {});
  await writer.close();
}

const found = async (directory = current): Promise<readonly string[]> =>
  (await findRuns(directory)).folders;

test("in hidden folders, at any depth, and when it is given a run's own folder", async () => {
  const hidden = await makeRun(".results/.acc/r");
  const deep = await makeRun("a/b/c/d/e/f/g/h/i/j/.acc/r");
  assert.equal(await found(), [hidden, deep].sort());
  assert.equal(await found(hidden), [hidden]);
  assert.equal(await found(dirname(hidden)), [hidden]);
});

test("behind symbolic links, once each, also where links go in circles", async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), "acc-find-elsewhere-"));
  const run = await makeRun("real/.acc/r");
  cpSync(join(current, "real"), elsewhere, { recursive: true });
  symlinkSync(elsewhere, join(current, "runs"));
  symlinkSync(current, join(current, "real/up"));
  symlinkSync("self", join(current, "self"));
  symlinkSync("/nowhere", join(current, "dangling"));
  symlinkSync(run, join(current, "0-latest"));
  assert.equal(await found(), [run, join(current, "runs/.acc/r")]);
  const { unsearched } = await findRuns(current);
  assert.equal(unsearched, []);
  rmSync(elsewhere, { recursive: true });
});

test("beside a file called journal, whatever it is", async () => {
  const run = await makeRun("runs/.acc/r");
  writeFileSync(join(current, "journal"), "Dear diary");
  assert.equal(await found(), [run]);
  cpSync(journalPath(run), join(current, "journal"));
  assert.equal(await found(), [current, run]);
  rmSync(join(current, "journal"));
  mkdirSync(join(current, "journal"));
  assert.equal(await found(), [run]);
});

test("a run with a damaged beginning is still shown; copies of files that a run logged are not runs", async () => {
  const run = await makeRun("runs/.acc/r");
  writeFileSync(journalPath(run), "damaged");
  await makeRun("runs/.acc/r/artifacts/0/.acc/copy");
  await makeRun("node_modules/x/.acc/r");
  assert.equal(await found(), [run]);
  const { code, stdout } = await acc("sync");
  assert.is(code, 1);
  assert.match(stdout, "is not a journal");
});

test("a search from a search from the root of the machine ends: file systems without files are left out", async () => {
  mkdirSync(join(current, "links"));
  symlinkSync("/proc", join(current, "links/proc"));
  symlinkSync("/sys", join(current, "links/sys"));
  const run = await makeRun("links/.acc/r");
  const begin = Date.now();
  assert.equal(await found(), [run]);
  assert.ok(Date.now() - begin < 10_000);
});

test("a path that does not exist is an error of its own, with the name that was meant", async () => {
  await makeRun("runs/.acc/r");
  const typo = await acc("sync", "rnus");
  assert.is(typo.code, 3);
  assert.match(typo.stderr, `[DIRECTORY_NOT_FOUND] acc sync: there is no "rnus" in ${current}`);
  assert.match(typo.stderr, 'Did you mean "runs"?');
  const deeper = await acc("sync", "--list", "rnus/.acc/x");
  assert.is(deeper.code, 3);
  assert.match(deeper.stderr, 'Did you mean "runs"?');
  writeFileSync(join(current, "file"), "");
  const file = await acc("sync", "file");
  assert.is(file.code, 3);
  assert.match(file.stderr, "is a file");
  assert.is((await acc("sync", "file/below")).code, 3);
  assert.is((await acc("sync", "")).code, 3, "such as a variable of the shell that is not set");
});

test("a tracker that no run has is an error too", async () => {
  await makeRun("runs/.acc/r");
  for (const more of [[], ["--list"]]) {
    const { code, stderr } = await acc("sync", "runs", "--tracker", "mlfow", ...more);
    assert.is(code, 2);
    assert.match(stderr, 'no run below runs has a tracker "mlfow".');
  }
});

test("a lock that is a folder, a link to nothing or unreadable is reported, not waited for", async () => {
  const run = await makeRun("runs/.acc/r");
  mkdirSync(join(run, "lock"));
  const folder = await acc("sync");
  assert.is(folder.code, 1, folder.stdout);
  assert.match(folder.stdout, "should be the lock of the run, but it is no file. Remove it");
  rmSync(join(run, "lock"), { recursive: true });
  symlinkSync("/nowhere", join(run, "lock"));
  const link = await acc("sync");
  assert.is(link.code, 1);
  assert.match(link.stdout, "not a file but a link");
});

test("names in a journal do not command the terminal", async () => {
  const folder = await makeRun("runs/.acc/r");
  const evil = "\u001b]0;owned\u0007\u001b[2Jp\r\n\u202ecomplete";
  rmSync(journalPath(folder));
  await writeJournal(folder, {
    projectName: evil,
    trackers: [{ name: evil, delivers: true, options: {} }],
  });
  for (const args of [
    ["sync"],
    ["sync", "--list"],
    ["sync", "--json"],
    ["sync", "--list", "--json"],
  ]) {
    const { stdout, stderr } = await acc(...args);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    assert.not.match(stdout + stderr, /[\u0000-\u0009\u000b-\u001f\u202e]/);
    assert.match(stdout, "owned");
  }
});

test.run();
