import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SavedPath } from "@acc/tracker-kit";
import { unzipSync } from "fflate";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { RunState } from "../src/state.ts";
import { sampleEvents } from "./events.ts";
import { Recording } from "./recording.ts";

const test = suite("ClearML tracker offline");
const root = mkdtempSync(join(tmpdir(), "acc-clearml-offline-"));
writeFileSync(join(root, "note.txt"), "some text\n");
mkdirSync(join(root, "folder"));
writeFileSync(join(root, "folder/x.json"), "{}");
const events = sampleEvents(join(root, "note.txt"), join(root, "folder"));

function newRun(): Recording {
  const cacheDir = mkdtempSync(join(root, "cache-"));
  const options = { offline: true, cacheDir, taskName: "task ü 1", tags: ["t0"] };
  const run = new Recording({ projectName: "proj A/sub", options });
  run.post(...events);
  return run;
}

const folderOf = (run: Recording) =>
  (run.state as RunState & { target: { folder: SavedPath } }).target.folder.path;

const linesOf = (path: string) =>
  readFileSync(path, "utf8")
    .split("\n")
    .filter(Boolean)
    .flatMap((line) => JSON.parse(line) as Record<string, unknown>[]);

/** All events and fields of a session, without the run's id. */
function contents(run: Recording): object {
  const folder = folderOf(run);
  const plain = (value: unknown) =>
    JSON.parse(
      JSON.stringify(value).replaceAll(run.id, "<run>").replaceAll(run.id.slice(0, 8), "<run>"),
    );
  const task = plain(JSON.parse(readFileSync(join(folder, "task.json"), "utf8")));
  for (const artifact of task.execution.artifacts) delete artifact.hash;
  return {
    task,
    metrics: plain(linesOf(join(folder, "metrics.jsonl"))),
    log: plain(linesOf(join(folder, "log.jsonl"))),
    files: plain(readdirSync(folder, { recursive: true })).sort(),
  };
}

async function undisturbed(): Promise<object> {
  const run = newRun();
  const tracker = await run.open();
  await run.deliver(tracker);
  await tracker.finish("success");
  return contents(run);
}

test("writes a session and its zip file", async () => {
  const run = newRun();
  const tracker = await run.open();
  assert.is(tracker.tracker.id, `offline-${run.id}`);
  await run.deliver(tracker);
  assert.not(existsSync(`${folderOf(run)}.zip`));
  await tracker.finish("success");
  const folder = folderOf(run);
  assert.match(folder, new RegExp(`/offline/offline-${run.id}$`));
  const zip = unzipSync(readFileSync(`${folder}.zip`));
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  assert.is(Object.keys(zip).length, files.length);
  for (const [path, bytes] of Object.entries(zip)) {
    assert.equal(Buffer.from(bytes), readFileSync(join(folder, path)), path);
  }
  const task = JSON.parse(readFileSync(join(folder, "task.json"), "utf8"));
  assert.equal(
    [task.name, task.project_name, task.tags],
    ["task ü 1", "proj A/sub", ["t0", "t1", "t2"]],
  );
  for (const event of linesOf(join(folder, "metrics.jsonl"))) {
    assert.is(event.task, task.id);
    if (event.key)
      assert.ok(existsSync(join(folder, "data", String(event.key))), String(event.key));
  }
  for (const { uri } of task.execution.artifacts)
    assert.ok(existsSync(join(folder, "data", uri)), uri);
});

test("a session of a run without events is whole", async () => {
  const run = new Recording({
    options: { offline: true, cacheDir: mkdtempSync(join(root, "cache-")) },
  });
  const tracker = await run.open();
  await run.deliver(tracker);
  await tracker.finish("failure");
  assert.equal(Object.keys(unzipSync(readFileSync(`${folderOf(run)}.zip`))).sort(), [
    "log.jsonl",
    "metrics.jsonl",
    "task.json",
  ]);
});

test("ends whole when the process died within a delivery, and after another finish", async () => {
  const expected = await undisturbed();
  for (const cut of [0, 1, 5, events.length - 1]) {
    const run = newRun();
    await run.deliver(await run.open(), { from: 0, to: cut });
    const saved = structuredClone(run.state);
    await run.deliver(await run.open(), { from: cut }); // written, but never marked as delivered
    const folder = folderOf(run);
    appendFileSync(join(folder, "metrics.jsonl"), '[{"type": "plot", "tas');
    appendFileSync(join(folder, "log.jsonl"), "[{");
    run.state = saved;
    const replay = await run.open(true);
    await run.deliver(replay, { from: cut });
    await replay.finish("success");
    await replay.finish("success");
    assert.equal(contents(run), expected, `cut at ${cut}`);
  }
});

test("goes on in the session's own folder whatever the environment says later", async () => {
  const run = newRun();
  await run.deliver(await run.open(), { from: 0, to: 3 });
  const folder = folderOf(run);
  const saved = { ...process.env };
  process.env.CLEARML_CACHE_DIR = join(root, "elsewhere");
  process.env.CLEARML_PROJECT = "other";
  try {
    await run.deliver(await run.open(true), { from: 3 });
  } finally {
    process.env = saved;
  }
  assert.is(folderOf(run), folder);
});

test("leaves the rest in the journal when the session is gone", async () => {
  const run = newRun();
  await run.deliver(await run.open(), { from: 0, to: 3 });
  rmSync(folderOf(run), { recursive: true });
  const error = await run.deliver(await run.open(true), { from: 3 }).catch((reason) => reason);
  assert.is(error.name, "TrackerUnreachableError");
  assert.ok(error.permanent);
});

test.run();
