import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { suite } from "@acc/test-kit/suite";
import * as assert from "uvu/assert";
import { JournalReader } from "../../src/journal/journal-reader.ts";
import { encodeRecord, type JournalHeader } from "../../src/journal/journal-record.ts";
import { JournalWriter } from "../../src/journal/journal-writer.ts";
import { journalPath } from "../../src/journal/run-folder.ts";
import type { DeliveredEvent } from "../../src/tracker-contract/tracker-event.ts";
import { ServiceProject } from "./service-project.ts";
import { Strangers, strangersHome } from "./strangers.ts";

const test = suite("acc sync trusts nobody");
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const strangers = new Strangers(test);
const { mine, thief } = strangers;

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
  await strangers.record({ ADDRESS: mine.url });
  renameSync(join(strangers.project.folder, "runs"), join(strangers.project.folder, "moved"));
  const { code, stdout, stderr } = await strangers.project.acc(
    ["sync"],
    strangers.env({ SERVICE_URL: thief.url }),
  );
  assert.is(code, 0, stdout + stderr);
  assert.equal(mine.numbers, range(20));
  assert.equal([...mine.keys], ["k3y"]);
  assert.is(thief.requests, 0);
});

test("a run of another machine is refused; trusted, it goes to the server of the environment, once", async () => {
  await strangers.record({ ADDRESS: thief.url, ACC_HOME: strangersHome() });
  const refused = await strangers.project.acc(["sync"], strangers.env());
  assert.is(refused.code, 4, refused.stdout);
  assert.match(refused.stdout, "refused, this machine did not record it");
  assert.match(refused.stdout, "npx acc sync --trust DIR");
  assert.is(mine.requests + thief.requests, 0);
  assert.is(
    (await strangers.project.acc(["sync", "--trust", "node_modules", "."], strangers.env())).code,
    4,
  );
  for (const args of [
    ["--trust", "runs"],
    ["--trust", "."],
  ]) {
    const trusted = await strangers.project.acc(["sync", ...args], strangers.env());
    assert.is(trusted.code, 0, trusted.stdout + trusted.stderr);
  }
  assert.equal(mine.numbers, range(20));
  assert.is(thief.requests, 0);
  const again = await strangers.project.acc(["sync"], strangers.env());
  assert.is(again.code, 0, "there is nothing left to trust");
});

test.slow("a header or a cursor that somebody changed is of another machine", async () => {
  const run = await strangers.record();
  await rewrite(run, ({ trackers }) => ({
    trackers: trackers.map((tracker) => ({ ...tracker, options: { address: thief.url } })),
  }));
  assert.is((await strangers.project.acc(["sync"], strangers.env())).code, 4);
  const other = new ServiceProject();
  strangers.project = other;
  const folder = await strangers.record();
  const cursor = join(folder, "service.cursor.json");
  const found = existsSync(cursor) ? JSON.parse(readFileSync(cursor, "utf8")) : {};
  writeFileSync(cursor, JSON.stringify({ ...found, sequence: 5 }));
  assert.is((await strangers.project.acc(["sync"], strangers.env())).code, 4);
  const complete = { ...found, sequence: 0, isComplete: true };
  writeFileSync(cursor, JSON.stringify(complete));
  assert.is(
    (await strangers.project.acc(["sync"], strangers.env())).code,
    4,
    "nothing was delivered",
  );
  assert.is(mine.requests + thief.requests, 0);
});

test("no code of a recording's folder runs, trusted or not", async () => {
  const run = await strangers.record({ ACC_HOME: strangersHome() });
  const marker = join(strangers.project.folder, "owned");
  const clone = join(strangers.project.folder, "clone");
  const evil = join(clone, "node_modules/@acc/tracker-evil");
  mkdirSync(evil, { recursive: true });
  const manifest = { name: "@acc/tracker-evil", type: "module", exports: "./index.mjs" };
  writeFileSync(join(evil, "package.json"), JSON.stringify(manifest));
  const code = `import { writeFileSync } from "node:fs"; writeFileSync(${JSON.stringify(marker)}, "");`;
  writeFileSync(join(evil, "index.mjs"), code);
  cpSync(evil, join(strangers.project.folder, "node_modules/evil"), { recursive: true });
  cpSync(join(strangers.project.folder, "runs"), join(clone, "runs"), { recursive: true });
  const copy = run.replace("/runs/", "/clone/runs/");
  const names = ["evil", "x/../../evil", "../../clone/node_modules/@acc/tracker-evil", "."];
  await rewrite(copy, () => ({
    script: join(clone, "train.ts"),
    trackers: names.map((name) => ({ name, delivers: true, options: {} })),
  }));
  assert.is((await strangers.project.acc(["sync", "clone"], strangers.env())).code, 4);
  const trusted = await strangers.project.acc(["sync", "--trust", "clone"], strangers.env());
  assert.is(trusted.code, 1);
  assert.is(trusted.stdout.split("There is no tracker").length - 1, names.length, trusted.stdout);
  assert.not.ok(existsSync(marker));
});

test("files outside of the run's folder are not read: .., whole paths, links", async () => {
  const secret = join(strangers.project.folder, "secret.txt");
  writeFileSync(secret, "my secret");
  const file = join(strangers.project.folder, "file.txt");
  writeFileSync(file, "logged");
  const run = await strangers.record({ ARTIFACT: file });
  symlinkSync(secret, join(run, "artifacts/link"));
  symlinkSync(strangers.project.folder, join(run, "artifacts/folder"));
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
  const { stdout, stderr } = await strangers.project.acc(["sync"], strangers.env());
  assert.match(stdout, "1 events, 6 failed");
  assert.match(stderr, "outside of its folder: it is not read");
  const texts = [...mine.events.values()].map(({ values }) => values?.text);
  assert.equal(texts, ["logged"]);
});

test("nothing is written through links that lie in the run's folder", async () => {
  const run = await strangers.record();
  const victim = join(strangers.project.folder, "victim");
  writeFileSync(victim, "mine");
  symlinkSync(victim, join(run, "service.cursor.json.tmp"));
  const { code, stdout } = await strangers.project.acc(["sync"], strangers.env());
  assert.is(code, 1);
  assert.match(stdout, "service.cursor.json.tmp is not a file but a link");
  rmSync(join(run, "service.cursor.json.tmp"));
  symlinkSync(strangers.project.folder, join(run, "service"));
  assert.is((await strangers.project.acc(["sync"], strangers.env())).code, 1);
  // Only the run's own copies of logged files may hold links.
  rmSync(join(run, "service"));
  mkdirSync(join(run, "service/artifacts"), { recursive: true });
  symlinkSync(victim, join(run, "service/artifacts/kept"));
  assert.is((await strangers.project.acc(["sync"], strangers.env())).code, 1);
  assert.is(readFileSync(victim, "utf8"), "mine");
  assert.is(mine.requests, 0);
});

test.run();
