import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FigureData } from "@acc/core/tracker";
import { pythonOf } from "@acc/test-kit/peers/python";
import type { SavedPath } from "@acc/tracker-kit";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { RunState } from "../src/state.ts";
import { ClearMLServer } from "./clearml-server.ts";
import { sampleEvents } from "./events.ts";
import { runPython as runClient } from "./python-client.ts";
import { Recording } from "./recording.ts";
import type { StoredEvent } from "./stored-events.ts";

const test = suite("ClearML's official client");
const python = pythonOf("packages/trackers/clearml/test/fixtures/requirements.txt");
const run = python ? test : test.skip;
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const root = mkdtempSync(join(tmpdir(), "acc-clearml-peer-"));
writeFileSync(join(root, "note.txt"), "some text\n");
mkdirSync(join(root, "folder"));
writeFileSync(join(root, "folder/x.json"), "{}");
const oddConfig = {
  ...{
    "a.b": 1,
    "with space": "x $" + '{y} "q"',
    "a/b": [1, { c: null }],
    big: 1e21,
    tiny: 1e-7,
    empty: {},
  },
  ...{ none: null, flag: true, µ: "α\n", deep: { er: { still: [true, 2.5] } } },
};
const media = {
  "eval/tone": { kind: "audio", format: "wav", data: Buffer.from("RIFF") },
  page: { kind: "html", format: "html", data: Buffer.from("<b>1</b>") },
} as const;
const curve = { type: "scatter", mode: "lines", y: [1, null, 2] };
const figures: Record<string, FigureData> = {
  eval_curve: { type: "plotly", spec: { data: [curve] } },
  bars: {
    type: "vega-lite",
    spec: {
      ...{ mark: "bar", data: { values: [{ count: 3 }] } },
      encoding: { x: { field: "count", type: "quantitative" } },
    },
  },
};
const events = [
  ...sampleEvents(join(root, "note.txt"), join(root, "folder")),
  { type: "media", values: media, context: { step: 4, wallTimeMs: 1_700_000_001_000 } } as const,
  {
    type: "figures",
    values: figures,
    context: { step: 4, wallTimeMs: 1_700_000_002_000 },
  } as const,
];

let server: ClearMLServer;
test.before.each(async () => {
  server = await ClearMLServer.start();
});
test.after.each(() => server.close());

const runPython = (script: string, args: readonly string[] = [], input = "") =>
  runClient({ python, server, folder: root, script, args, input });

async function recordOnline(): Promise<Recording> {
  const options = {
    ...{ apiHost: server.url, webHost: server.url, filesHost: server.url },
    ...{ accessKey: "k", secretKey: "s", offline: false, taskName: "task ü 1" },
  };
  const recording = new Recording({ projectName: "proj A/sub", options });
  recording.post(...events, { type: "config", values: oddConfig });
  const tracker = await recording.open();
  await recording.deliver(tracker);
  await tracker.finish("success");
  return recording;
}

async function recordOffline(): Promise<string> {
  const cacheDir = mkdtempSync(join(root, "cache-"));
  const options = { offline: true, cacheDir, taskName: "task ü 1" };
  const recording = new Recording({ projectName: "proj A/sub", options });
  recording.post(...events, { type: "config", values: oddConfig });
  const tracker = await recording.open();
  for (let at = 0; at < recording.events.length; at += 5) {
    await recording.deliver(tracker, { from: at, to: Math.min(at + 5, recording.events.length) });
  }
  await tracker.finish("success");
  return (recording.state as RunState & { target: { folder: SavedPath } }).target.folder.path;
}

/** What a task holds on the server, without what differs between two recordings. */
function holdings(id: string): object {
  const task = server.tasks.get(id);
  const plain = (text: string) =>
    decodeURIComponent(text)
      .replaceAll(id, "<task>")
      .replaceAll(/-[0-9a-f]{8}\.(png|wav|html)/g, ".$1");
  const stored = (type: string) =>
    server
      .stored(type)
      .filter((event) => event.task === id)
      .map(
        ({ timestamp, metric, variant, iter, value, plot_str, key, msg, level }: StoredEvent) => ({
          ...{ timestamp, metric, variant, iter, value, msg, level },
          figure: plot_str === undefined ? undefined : JSON.parse(plot_str),
          key: key === undefined ? undefined : plain(key),
          isFile: key === undefined ? undefined : server.files.has(`/${key}`),
        }),
      );
  const { execution } = task ?? {};
  return {
    ...{ name: task?.name, tags: [...(task?.tags ?? [])].sort(), comment: task?.comment },
    ...{ hyperparams: task?.hyperparams, configuration: task?.configuration, status: task?.status },
    artifacts: execution?.artifacts?.map(({ uri, hash, content_size, ...artifact }) => {
      const path = plain(plain(String(uri))).replace(server.url, "");
      const isZip = artifact.type === "archive";
      return { ...artifact, path, ...(isZip ? {} : { hash, content_size }) };
    }),
    scalars: stored("training_stats_scalar"),
    plots: stored("plot"),
    images: stored("training_debug_image"),
    lines: stored("log"),
  };
}

run("finds sessions valid, and reads their configuration", async () => {
  const folder = await recordOffline();
  const fromFolder = await runPython("fixtures/vectors/read.py", [folder, "--validate"]);
  const fromZip = await runPython("fixtures/vectors/read.py", [`${folder}.zip`, "--validate"]);
  assert.equal(fromFolder, fromZip);
  const read = fromFolder as Record<string, Record<string, unknown>>;
  assert.equal(read.problems, []);
  assert.equal(read.configuration?.General, oddConfig);
  assert.equal(read.single_values, { best: 0.125, big: 12 });
  assert.equal(
    (read.images as unknown as unknown[][]).map((image) => image.at(-1)),
    [true, true, true, true, true, true],
  );
});

run(
  "imports sessions, as folder, zip file and from another place, as the online run is recorded",
  async () => {
    await recordOnline();
    const online = server.onlyTask.id;
    const folder = await recordOffline();
    const moved = join(mkdtempSync(join(root, "moved-")), "session");
    cpSync(folder, moved, { recursive: true });
    const ids = (await runPython("fixtures/import_session.py", [
      folder,
      `${folder}.zip`,
      moved,
    ])) as string[];
    const expected = holdings(online);
    for (const id of ids) {
      const { script: _, ...imported } = { script: undefined, ...holdings(id) };
      assert.equal(imported, expected, id);
    }
  },
);

run("reads back what was recorded online", async () => {
  await recordOnline();
  const read = (await runPython("fixtures/read_task.py", [server.onlyTask.id])) as Record<
    string,
    unknown
  >;
  assert.equal([read.name, read.project, read.status], ["task ü 1", "proj A/sub", "completed"]);
  assert.equal([read.tags, read.comment], [["t1", "t2"], "a comment"]);
  assert.equal(read.configuration, oddConfig);
  assert.equal((read.parameters as Record<string, string>)["General/nested/a/b"], "1");
  assert.equal((read.parameters as Record<string, string>)["Sec/q"], "1");
  assert.equal(read.scalars, {
    loss: {
      train: { name: "train", x: [0, 1], y: [0.5, 0.25] },
      eval: { name: "eval", x: [0], y: [1] },
    },
    ok: { train: { name: "train", x: [1], y: [1] } },
    last: { train: { name: "train", x: [4], y: [7] } },
  });
  assert.equal(read.single_values, { best: 0.125, big: 12 });
  const plots = read.plots as Record<string, unknown>;
  assert.equal(Object.keys(plots).sort(), ["curve/eval", "list/train", "tab/eval"]);
  assert.equal(plots["curve/eval"], [curve]);
  const artifacts = read.artifacts as Record<string, unknown[]>;
  assert.equal(Object.keys(artifacts).sort(), ["dict", "folder ü", "note"]);
  assert.is(Buffer.from(String(artifacts.note?.[3]), "hex").toString(), "some text\n");
});

run("takes every request for one of its own", async () => {
  await recordOnline();
  const calls = server.calls.filter(({ action }) => action !== "files");
  const input = calls.map(({ action, body }) => JSON.stringify({ action, body })).join("\n");
  assert.equal(await runPython("fixtures/check_requests.py", [], input), []);
  const recorded = readFileSync(here("fixtures/vectors/online-requests.jsonl"), "utf8");
  const official = new Set(
    recorded
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line).action),
  );
  const others = new Set(
    calls.map(({ action }) => action).filter((action) => !official.has(action)),
  );
  assert.equal([...others], []);
});

test.run();
