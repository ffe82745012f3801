import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { pythonOf } from "@acc/test-kit/peers/python";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { TrackioClient } from "../src/client/client.ts";
import { histogram, markdown } from "../src/format/values.ts";
import { Dashboard, TOKEN } from "./dashboard.ts";
import { inboxFiles, readInbox } from "./read-inbox.ts";
import { Recording } from "./recording.ts";

const test = suite("Trackio's own programs and our runs");
const python = pythonOf("packages/trackers/trackio/test/fixtures/requirements.txt") as string;
const run = python ? test : test.skip; // the installer has reported what could not be installed
const LOG_RUN = fileURLToPath(new URL("fixtures/log_run.py", import.meta.url));
const IMPORT = fileURLToPath(new URL("fixtures/import_again.py", import.meta.url));
const TIMEOUT_MS = 100_000;

type Row = { readonly step: number } & Record<string, unknown>;
type RunSummary = {
  readonly run: string;
  readonly config: Record<string, unknown>;
  readonly last_step: number;
};

/** A run of Trackio's own client. */
function logInPython(
  dir: string,
  args: readonly string[],
  env: Record<string, string> = {},
): { readonly id: string; readonly nextStep: number } {
  const text = execFileSync(python, [LOG_RUN, ...args], {
    ...{ encoding: "utf8", timeout: TIMEOUT_MS },
    env: { ...process.env, TRACKIO_DIR: dir, HF_HUB_OFFLINE: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [, id = "", nextStep] = /^RUN (\w+) (\d+)$/m.exec(text) ?? [];
  return { id, nextStep: Number(nextStep) };
}

function postEverything(recording: Recording): void {
  const image = { data: new Uint8Array(12).fill(200), shape: [2, 2, 3], caption: "an image" };
  const table = { columns: ["name", "error"], rows: [["a", 0.5]] };
  recording.post({ type: "config", values: { lr: 0.1, layers: [1, 2], nested: { a: null } } });
  recording.log({ loss: 0.5, nan: Number.NaN, large: 2 ** 64, text: "損 \ud800", step: 7 }, 0);
  recording.log({ loss: 0.25 }, 1);
  recording.post({ type: "images", values: { image }, context: { step: 1 } });
  recording.post({ type: "tables", values: { table }, context: { step: 1 } });
  const media = {
    tone: { kind: "audio", format: "wav", data: Buffer.from("RIFF"), caption: "a tone" },
    clip: { kind: "video", format: "mp4", data: Buffer.from("ftyp") },
    page: { kind: "html", format: "html", data: Buffer.from("<b>1</b>") },
  } as const;
  recording.post({ type: "media", values: media, context: { step: 1 } });
  const spec = { data: [{ y: [1, 3, 2] }] };
  const figures = { curve: { type: "plotly", spec } as const };
  recording.post({ type: "figures", values: figures, context: { step: 1 } });
  const values = { weights: histogram([1, 2, 2]), report: markdown("# Result"), big: 2n ** 62n };
  recording.post({ type: "metrics", values, context: { step: 2 } });
  recording.post({ type: "call", method: "alert", args: ["Look", "here", "error"], context: {} });
  recording.post({ type: "call", method: "logSystem", args: [{ load: 0.5 }], context: {} });
}

/** What the server shows of the run. */
async function requireEverything(dashboard: Dashboard, runId: string): Promise<void> {
  const of = { project: "proj", run: "run 1", run_id: runId };
  const [first, second, third, ...others] = await dashboard.call<Row[]>("get_logs", of);
  assert.equal([first?.loss, first?.nan, first?.large], [0.5, null, 2 ** 64]);
  assert.equal([first?.text, first?.__step, first?.step], ["損 \ufffd", 7, 0]);
  assert.equal([second?.loss, second?.step], [0.25, 1]);
  const [fourth, played, drawn, fifth, ...none] = others;
  assert.equal(fourth?.table, { _type: "trackio.table", _value: [{ name: "a", error: 0.5 }] });
  assert.match(JSON.stringify(fifth?.weights), /"trackio\.histogram"/);
  assert.equal(fifth?.report, { _type: "trackio.markdown", _value: "# Result" });
  assert.is(none.length, 0);
  const image = third?.image as { file_path: string; caption: string } | undefined;
  const tone = played?.tone as { caption: string } | undefined;
  assert.equal([image?.caption, tone?.caption], ["an image", "a tone"]);
  const path = encodeURIComponent(join(dashboard.dir, "media", String(image?.file_path)));
  const png = Buffer.from(await (await fetch(`${dashboard.url}/file?path=${path}`)).arrayBuffer());
  assert.ok(png.includes("PNG"), "the page finds the image");
  const contents = { tone: "RIFF", clip: "ftyp", page: "<b>1</b>" };
  for (const [name, content] of Object.entries(contents)) {
    const value = played?.[name] as { file_path: string } | undefined;
    const query = encodeURIComponent(join(dashboard.dir, "media", value?.file_path ?? ""));
    const answer = await fetch(`${dashboard.url}/file?path=${query}`);
    assert.is(await answer.text(), content, name);
  }
  const curve = drawn?.curve as { _type: string; file_path: string } | undefined;
  assert.is(curve?._type, "trackio.html");
  const page = encodeURIComponent(join(dashboard.dir, "media", curve?.file_path ?? ""));
  const drawing = await (await fetch(`${dashboard.url}/file?path=${page}`)).text();
  assert.match(drawing, /^<!doctype html>.*\[1,3,2\]/is, "the page finds the figure");
  assert.match(JSON.stringify(played), /trackio\.audio.*trackio\.video.*trackio\.html/);
  const [alert] = await dashboard.call<Row[]>("get_alerts", { project: "proj" });
  assert.equal([alert?.title, alert?.text, alert?.level], ["Look", "here", "error"]);
  const [system] = await dashboard.call<Row[]>("get_system_logs", of);
  assert.is(system?.load, 0.5);
  const summary = await dashboard.command<RunSummary>(
    ...["get", "run", "--project", "proj", "--run", "run 1"],
  );
  assert.equal([summary.config.lr, summary.config.layers], [0.1, [1, 2]]);
  assert.equal([summary.config.nested, summary.config._Group], [{ a: null }, null]);
  const { rows } = await dashboard.command<{ rows: Row[] }>(
    ...["query", "project", "--project", "proj"],
    ...["--sql", "SELECT metrics FROM metrics WHERE step IN (0, 2)"],
  );
  assert.match(JSON.stringify(rows), /4611686018427387904/);
  assert.match(JSON.stringify(rows), /NaN/);
}

run("the dashboard imports the inbox: trackio get, query and its pages show the run", async () => {
  const recording = new Recording();
  postEverything(recording);
  await recording.complete(await recording.open());
  const dashboard = await Dashboard.start(python, { dir: recording.dir });
  try {
    await dashboard.imported(async () => inboxFiles(recording.dir).length === 0);
    await requireEverything(dashboard, recording.id);
    // A process that goes on while the dashboard runs, with events that are there already.
    recording.log({ loss: 0.125 }, 3);
    recording.post({ type: "config", values: { lr: 0.2 } });
    recording.state = undefined;
    await recording.deliver(await recording.open(true), { from: 0 });
    const of = { project: "proj", run: "run 1", run_id: recording.id };
    await dashboard.imported(
      async () => (await dashboard.call<Row[]>("get_logs", of)).length === 7,
    );
    assert.is((await dashboard.call<unknown[]>("get_alerts", { project: "proj" })).length, 1);
  } finally {
    await dashboard.stop();
  }
});

run("nothing is lost or changed while the dashboard imports again and again", async () => {
  const recording = new Recording();
  const count = 6000;
  for (let step = 0; step < count; step++) recording.log({ m: step }, step);
  const stop = join(recording.folder, "stop");
  const importing = promisify(execFile)(python, [IMPORT, recording.dir, stop], {
    timeout: TIMEOUT_MS,
  });
  await recording.deliver(await recording.open(), { portion: 100 }); // a file each
  await recording.complete(await recording.open(true));
  writeFileSync(stop, "");
  const values = JSON.parse((await importing).stdout) as number[];
  assert.equal(
    values,
    Array.from({ length: count }, (_, step) => step),
  );
});

run("a server takes the same over HTTP, and an artifact as a version", async () => {
  const dashboard = await Dashboard.start(python);
  try {
    const recording = Recording.at(dashboard, { writeToken: TOKEN });
    postEverything(recording);
    const file = join(recording.folder, "model.bin");
    writeFileSync(file, "weights");
    const artifact = { name: "model", path: file, type: "model" };
    const context = { options: { aliases: ["best"], description: "the best" } };
    recording.post({ type: "artifact", artifact, context });
    await recording.complete(await recording.open());
    recording.delivered = 0;
    recording.state = undefined;
    await recording.complete(await recording.open(true)); // all of it once more
    await requireEverything(dashboard, recording.id);
    const [stored, ...others] = await dashboard.call<Record<string, unknown>[]>("get_artifacts", {
      project: "proj",
    });
    assert.is(others.length, 0);
    assert.match(JSON.stringify(stored), /"model"/);
    const manifest = await dashboard.call<Record<string, unknown>>("get_artifact_manifest", {
      ...{ project: "proj", name: "model", spec: "best" },
    });
    assert.equal([manifest.version, manifest.description], [0, "the best"]);
  } finally {
    await dashboard.stop();
  }
});

run("a Space takes values with a token of Hugging Face alone", async () => {
  const env = { SYSTEM: "spaces", HF_TOKEN: "hf_of_the_space" };
  const dashboard = await Dashboard.start(python, { env });
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const record =
      '{"project":"proj","run":"r","run_id":"1","metrics":{"m":1},"step":0,"log_id":"1"}';
    const connect = (token: string) =>
      new TrackioClient(dashboard.url, { authorization: `Bearer ${token}` }, signal);
    await connect("hf_of_the_space").bulk("bulk_log", [record]);
    const staged = await connect("hf_of_the_space").stage(new Blob(["x"]), "x.png");
    assert.type(staged.path, "string");
    assert.is((await dashboard.call<Row[]>("get_logs", { project: "proj", run: "r" })).length, 1);
  } finally {
    await dashboard.stop();
  }
});

run("records have the members of those that Trackio's own client writes", async () => {
  const dir = mkdtempSync(join(tmpdir(), "acc-trackio-jsonl-"));
  const { id } = logInPython(dir, ["theirs", "never", "1"], { TRACKIO_STORAGE_MODE: "jsonl" });
  const [theirs] = readInbox(dir);
  const recording = new Recording();
  recording.log({ m: 1 });
  await recording.complete(await recording.open());
  const [ours] = readInbox(recording.dir);
  assert.equal(Object.keys(ours ?? {}).sort(), Object.keys(theirs ?? {}).sort());
  const keys = (record: typeof ours) => Object.keys(record?.config ?? {}).sort();
  assert.equal(keys(ours), keys(theirs));
  assert.is(ours?.v, theirs?.v);
  assert.is(theirs?.run_id, id);
});

run("Python goes on with our run, and we go on with Python's", async () => {
  const recording = new Recording();
  recording.log({ m: 0 }, 0);
  recording.log({ m: 1 }, 4);
  await recording.complete(await recording.open());
  const dashboard = await Dashboard.start(python, { dir: recording.dir });
  try {
    await dashboard.imported(async () => inboxFiles(recording.dir).length === 0);
    const theirs = logInPython(recording.dir, ["run 1", "must", "2"]);
    assert.equal(theirs, { id: recording.id, nextStep: 5 });
    const next = Recording.at(dashboard, { writeToken: TOKEN, resume: "must" });
    next.log({ m: 3 });
    await next.complete(await next.open());
    const of = { project: "proj", run: "run 1", run_id: recording.id };
    const rows = await dashboard.call<Row[]>("get_logs", of);
    assert.equal(
      rows.map(({ step }) => step),
      [0, 4, 5, 6],
    );
    const local = new Recording({ dir: recording.dir, resume: "must" });
    local.log({ m: 4 });
    const tracker = await local.open();
    if (process.getBuiltinModule("node:sqlite" as "fs")) {
      await local.complete(tracker);
      const steps = async () =>
        (await dashboard.call<Row[]>("get_logs", of)).map(({ step }) => step);
      await dashboard.imported(async () => (await steps()).includes(7));
    } else {
      await local.complete(tracker).then(
        () => assert.unreachable(),
        ({ message }: Error) => assert.match(message, "Node.js 22.13 or newer"),
      );
    }
  } finally {
    await dashboard.stop();
  }
});

test.run();
