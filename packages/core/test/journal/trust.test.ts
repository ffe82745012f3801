import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { JournalReader } from "../../src/journal/journal-reader.ts";
import { encodeRecord, type JournalHeader } from "../../src/journal/journal-record.ts";
import { JournalWriter } from "../../src/journal/journal-writer.ts";
import { journalPath } from "../../src/journal/run-folder.ts";
import type { DeliveredEvent } from "../../src/tracker-contract/tracker-event.ts";
import { Service } from "./service.ts";
import { ServiceProject } from "./service-project.ts";

const test = suite("acc sync trusts nobody");
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const mine = new Service();
const thief = new Service();
const ENV = { SERVICE_KEY: "k3y" };
let project: ServiceProject;

const both = async (action: "start" | "stop"): Promise<void> => {
  await Promise.all([mine[action](), thief[action]()]);
};

test.before(() => both("start"));
test.after(() => both("stop"));
test.before.each(() => {
  project = new ServiceProject();
  for (const service of [mine, thief]) {
    service.requests = 0;
    service.events.clear();
    service.keys.clear();
  }
});

const env = (more: Record<string, string> = {}): Record<string, string> => ({
  ...{ SERVICE_URL: mine.url, ...ENV },
  ...more,
});
const stranger = (): string => mkdtempSync(join(tmpdir(), "acc-stranger-"));

/** A run that could not be delivered while it was recorded. */
async function record(more: Record<string, string> = {}): Promise<string> {
  await both("stop");
  const { code, stderr } = await project.run(["log.mjs"], env({ DELIVERY_TIMEOUT: "0", ...more }));
  await both("start");
  assert.is(code, 0, stderr);
  const runs = join(project.folder, "runs/.acc");
  return join(runs, readdirSync(runs).find((name) => name !== ".gitignore") as string);
}

/** Replaces the journal of a run, as somebody who can write the folder does. */
async function rewrite(
  run: string,
  change: (header: JournalHeader) => Partial<JournalHeader>,
  events: readonly DeliveredEvent[] = [],
): Promise<void> {
  const reader = await JournalReader.open(journalPath(run));
  const { header } = reader;
  await reader.close();
  rmSync(journalPath(run));
  const record = encodeRecord({ ...header, ...change(header) });
  const writer = await JournalWriter.create(journalPath(run), record, () => {});
  for (const event of events) writer.append(encodeRecord(event));
  await writer.close();
}

test("a run of this machine is delivered to where it was recorded for, also from a moved folder", async () => {
  await record({ ADDRESS: mine.url });
  renameSync(join(project.folder, "runs"), join(project.folder, "moved"));
  const { code, stdout, stderr } = await project.acc(["sync"], env({ SERVICE_URL: thief.url }));
  assert.is(code, 0, stdout + stderr);
  assert.equal(mine.numbers, range(20));
  assert.equal([...mine.keys], ["k3y"]);
  assert.is(thief.requests, 0);
});

test("a run of another machine is refused; trusted, it goes to the server of the environment, once", async () => {
  await record({ ADDRESS: thief.url, ACC_HOME: stranger() });
  const refused = await project.acc(["sync"], env());
  assert.is(refused.code, 4, refused.stdout);
  assert.match(refused.stdout, "refused, this machine did not record it");
  assert.match(refused.stdout, "npx acc sync --trust DIR");
  assert.is(mine.requests + thief.requests, 0);
  assert.is((await project.acc(["sync", "--trust", "node_modules", "."], env())).code, 4);
  for (const args of [
    ["--trust", "runs"],
    ["--trust", "."],
  ]) {
    const trusted = await project.acc(["sync", ...args], env());
    assert.is(trusted.code, 0, trusted.stdout + trusted.stderr);
  }
  assert.equal(mine.numbers, range(20));
  assert.is(thief.requests, 0);
  const again = await project.acc(["sync"], env());
  assert.is(again.code, 0, "there is nothing left to trust");
});

test("a header or a cursor that somebody changed is of another machine", async () => {
  const run = await record();
  await rewrite(run, ({ trackers }) => ({
    trackers: trackers.map((tracker) => ({ ...tracker, options: { address: thief.url } })),
  }));
  assert.is((await project.acc(["sync"], env())).code, 4);
  const other = new ServiceProject();
  project = other;
  const folder = await record();
  const cursor = join(folder, "service.cursor.json");
  const found = existsSync(cursor) ? JSON.parse(readFileSync(cursor, "utf8")) : {};
  writeFileSync(cursor, JSON.stringify({ ...found, sequence: 5 }));
  assert.is((await project.acc(["sync"], env())).code, 4);
  const complete = { ...found, sequence: 0, isComplete: true };
  writeFileSync(cursor, JSON.stringify(complete));
  assert.is((await project.acc(["sync"], env())).code, 4, "nothing was delivered");
  assert.is(mine.requests + thief.requests, 0);
});

test("no code of a recording's folder runs, trusted or not", async () => {
  const run = await record({ ACC_HOME: stranger() });
  const marker = join(project.folder, "owned");
  const clone = join(project.folder, "clone");
  const evil = join(clone, "node_modules/@acc/tracker-evil");
  mkdirSync(evil, { recursive: true });
  const manifest = { name: "@acc/tracker-evil", type: "module", exports: "./index.mjs" };
  writeFileSync(join(evil, "package.json"), JSON.stringify(manifest));
  const code = `import { writeFileSync } from "node:fs"; writeFileSync(${JSON.stringify(marker)}, "");`;
  writeFileSync(join(evil, "index.mjs"), code);
  cpSync(evil, join(project.folder, "node_modules/evil"), { recursive: true });
  cpSync(join(project.folder, "runs"), join(clone, "runs"), { recursive: true });
  const copy = run.replace("/runs/", "/clone/runs/");
  for (const name of ["evil", "x/../../evil", "../../clone/node_modules/@acc/tracker-evil", "."]) {
    await rewrite(copy, () => ({
      script: join(clone, "train.ts"),
      trackers: [{ name, delivers: true, options: {} }],
    }));
    assert.is((await project.acc(["sync", "clone"], env())).code, 4);
    const trusted = await project.acc(["sync", "--trust", "clone"], env());
    assert.is(trusted.code, 1);
    assert.match(trusted.stdout, "There is no tracker");
    assert.not.ok(existsSync(marker), name);
  }
});

test("files outside of the run's folder are not read: .., whole paths, links", async () => {
  const secret = join(project.folder, "secret.txt");
  writeFileSync(secret, "my secret");
  const file = join(project.folder, "file.txt");
  writeFileSync(file, "logged");
  const run = await record({ ARTIFACT: file });
  symlinkSync(secret, join(run, "artifacts/link"));
  symlinkSync(project.folder, join(run, "artifacts/folder"));
  const paths = [
    ...["../../../secret.txt", secret, "artifacts/link", "artifacts/folder/secret.txt"],
    ...["artifacts/0/file.txt", "/etc/passwd", "."],
  ];
  const context = { wallTimeMs: 0 };
  const events = paths.map(
    (path, sequence): DeliveredEvent => ({
      ...{ type: "artifact", sequence, context },
      artifact: { name: "x", path },
    }),
  );
  await rewrite(run, () => ({}), events);
  rmSync(join(run, "service.cursor.json"), { force: true });
  const { stdout, stderr } = await project.acc(["sync"], env());
  assert.match(stdout, "1 events, 6 failed");
  assert.match(stderr, "outside of its folder: it is not read");
  const texts = [...mine.events.values()].map(({ values }) => values.text);
  assert.equal(texts, ["logged"]);
});

test("nothing is written through links that lie in the run's folder", async () => {
  const run = await record();
  const victim = join(project.folder, "victim");
  writeFileSync(victim, "mine");
  symlinkSync(victim, join(run, "service.cursor.json.tmp"));
  const { code, stdout } = await project.acc(["sync"], env());
  assert.is(code, 1);
  assert.match(stdout, "service.cursor.json.tmp is not a file but a link");
  rmSync(join(run, "service.cursor.json.tmp"));
  symlinkSync(project.folder, join(run, "service"));
  assert.is((await project.acc(["sync"], env())).code, 1);
  // Only the run's own copies of logged files may hold links.
  rmSync(join(run, "service"));
  mkdirSync(join(run, "service/artifacts"), { recursive: true });
  symlinkSync(victim, join(run, "service/artifacts/kept"));
  assert.is((await project.acc(["sync"], env())).code, 1);
  assert.is(readFileSync(victim, "utf8"), "mine");
  assert.is(mine.requests, 0);
});

test("the secret is the user's own; without a home runs are recorded and delivered with --trust", async () => {
  await record();
  const key = join(project.home, "machine-key");
  assert.is(statSync(key).mode & 0o777, 0o600);
  chmodSync(key, 0o644);
  assert.is((await project.acc(["sync"], env())).code, 4, "others could read it");
  chmodSync(key, 0o600);
  assert.is((await project.acc(["sync"], env())).code, 0);
  project = new ServiceProject();
  await record({ ACC_HOME: "/dev/null/none" });
  const homeless = env({ ACC_HOME: "/dev/null/none" });
  assert.is((await project.acc(["sync"], homeless)).code, 4);
  assert.is((await project.acc(["sync", "--trust", "runs"], homeless)).code, 0);
});

test("two runs that begin at once make one secret", async () => {
  const runs = range(4).map(() =>
    project.run(["log.mjs"], { SERVICE_URL: "http://127.0.0.1:9", DELIVERY_TIMEOUT: "0" }),
  );
  for (const { code, stderr } of await Promise.all(runs)) assert.is(code, 0, stderr);
  assert.equal(readdirSync(project.home), ["machine-key"]);
  const { code, stdout } = await project.acc(["sync"], env());
  assert.is(code, 0, stdout);
});

test("folders above a run are as the user's others are; the run is private", async () => {
  const run = await record();
  const umask = process.umask();
  const usual = 0o777 & ~umask;
  assert.is(statSync(join(project.folder, "runs")).mode & 0o777, usual);
  assert.is(statSync(join(project.folder, "runs/.acc")).mode & 0o777, usual);
  assert.is(statSync(run).mode & 0o777, 0o700);
});

test.run();
