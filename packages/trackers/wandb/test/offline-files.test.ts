import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { rowsOf, startOffline } from "./offline-run.ts";
import { offlineFolder, readOfflineRun } from "./read-run.ts";

const test = suite("W&B offline: files beside the rows");

test("images and tables are files beside the row that names them, of one call in one row", async () => {
  const { dir, recording } = await startOffline();
  const context = recording.context();
  const image = { data: Uint8Array.from({ length: 72 }, (_, i) => i), shape: [4, 6, 3] };
  const batch = { data: new Float32Array(2 * 4 * 6), shape: [2, 4, 6, 1] };
  recording.post({ type: "metrics", values: { loss: 1 }, context });
  recording.post({ type: "images", values: { img: image, "imgs/list": batch }, context });
  recording.post({
    type: "tables",
    values: {
      tab: {
        columns: ["i", "name"],
        rows: [
          [1, "x"],
          [2, "y"],
        ],
      },
    },
    context,
  });
  recording.log({ loss: 2 });
  recording.post({
    type: "images",
    values: { img: image },
    context: { ...recording.context(5), options: { captions: ["cap"] } },
  });
  await recording.finish();
  const folder = offlineFolder(dir);
  const [first, second, third] = rowsOf(dir) as Record<string, Record<string, unknown>>[];
  assert.equal(Object.keys(first ?? {}), ["loss", "img", "imgs/list", "tab", "_step"]);
  assert.equal(Object.keys(second ?? {}), ["loss", "_step"]);
  assert.equal([third?._step, third?.img?.caption], [5, "cap"]);
  const { path, ...img } = first?.img ?? {};
  const bytes = readFileSync(join(folder, "files", String(path)));
  assert.equal(img, {
    ...{ _type: "image-file", sha256: img.sha256, size: bytes.length, format: "png" },
    ...{ width: 6, height: 4 },
  });
  assert.match(String(path), /^media\/images\/img_0_[0-9a-f]{20}\.png$/);
  const { filenames, ...list } = first?.["imgs/list"] ?? {};
  assert.equal(list, {
    _type: "images/separated",
    ...{ width: 6, height: 4, format: "png", count: 2 },
  });
  const tab = first?.tab ?? {};
  const table = readFileSync(join(folder, "files", String(tab.path)), "utf8");
  assert.is(table, '{"columns":["i","name"],"data":[[1,"x"],[2,"y"]]}');
  assert.equal([tab._type, tab.ncols, tab.nrows], ["table-file", 2, 2]);
  const { files } = readOfflineRun(folder);
  for (const named of [path, tab.path, ...(filenames as string[])]) {
    assert.ok(files.includes(String(named)), String(named));
  }
});

test("a key never leads out of the run's folder", async () => {
  const { dir, recording } = await startOffline();
  const keys = [
    "/lead",
    "../../up",
    "..",
    "a//b",
    "trail/",
    "C:\\x",
    "k".repeat(1000),
    "\ud800",
    "é",
  ];
  const image = { data: new Uint8Array(4), shape: [2, 2] };
  recording.post({
    type: "images",
    values: Object.fromEntries(keys.map((key) => [key, image])),
    context: recording.context(0),
  });
  recording.log(Object.fromEntries(keys.map((key) => [`v${key}`, 1])), 0);
  recording.log({ "": 1, _step: 77, __proto__x: 2 }, 1);
  await recording.finish();
  const { files } = readOfflineRun(offlineFolder(dir));
  assert.is(new Set(files).size, keys.length);
  const media = readdirSync(join(offlineFolder(dir), "files/media/images"), {
    recursive: true,
    withFileTypes: true,
  });
  assert.is(media.filter((entry) => entry.isFile()).length, keys.length);
  assert.equal(readdirSync(dir), ["wandb"]);
  assert.equal(rowsOf(dir)[1], { _step_: 77, __proto__x: 2, _step: 1 });
  assert.match(recording.warnings.join(), 'cannot hold "" (number)');
});

test("artifacts are copied into the run's folder", async () => {
  const { dir, recording } = await startOffline();
  const source = join(dir, "model");
  writeFileSync(source, "hello\n");
  recording.tracker.tracker.logArtifact(source, { name: "notes", type: "dataset" });
  assert.throws(() => recording.tracker.tracker.logArtifact(join(dir, "absent")), /no file/);
  await recording.finish();
  rmSync(source);
  const folder = offlineFolder(dir);
  assert.is(readOfflineRun(folder).artifacts, 1);
  const [copy = ""] = readdirSync(join(folder, "artifacts"));
  assert.match(copy, /^notes-[0-9a-z]{8}$/);
  assert.is(readFileSync(join(folder, "artifacts", copy, "model"), "utf8"), "hello\n");
});

test("a figure of Plotly is a panel as wandb.Plotly records it, one of Vega-Lite a page", async () => {
  const { dir, recording } = await startOffline();
  const curve = { data: [{ y: Float32Array.of(0.5, Number.NaN) }], layout: { title: "T" } };
  const bars = { mark: "bar", data: { values: [{ a: "</script>" }] } };
  recording.post({
    type: "figures",
    values: { curve: { type: "plotly", spec: curve }, bars: { type: "vega-lite", spec: bars } },
    context: recording.context(3),
  });
  await recording.finish();
  const [row] = rowsOf(dir) as Record<string, Record<string, unknown>>[];
  const fileOf = (value: Record<string, unknown> | undefined) =>
    readFileSync(join(offlineFolder(dir), "files", String(value?.path)), "utf8");
  assert.match(String(row?.curve?.path), /^media\/plotly\/curve_3_[0-9a-f]{20}\.plotly\.json$/);
  assert.match(String(row?.bars?.path), /^media\/html\/bars_3_[0-9a-f]{20}\.html$/);
  assert.equal([row?.curve?._type, row?.bars?._type], ["plotly-file", "html-file"]);
  const json = { data: [{ y: [0.5, null] }], layout: { title: { text: "T" } } };
  assert.equal(JSON.parse(fileOf(row?.curve)), json);
  assert.match(fileOf(row?.bars), "vegaEmbed");
  assert.is(row?.bars?.size, Buffer.byteLength(fileOf(row?.bars)));
});

test.run();
