import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FigureData, TrackerEvent } from "@acc/core/tracker";
import type { ReadRun, ReadSequence } from "@acc/test-kit/servers/aim-server";
import * as assert from "uvu/assert";
import { createTracker, deliver, metrics, Recording } from "./recording.ts";
import { readRun, servedSuite } from "./served-suite.ts";

const { test, peer } = servedSuite("Aim's server");

/** Steps and values of the sequences of a name, whole doubles as numbers. */
function pointsOf(run: ReadRun, name: string): unknown[] {
  const plain = (value: unknown) => {
    const whole = (value as { $float?: string } | null)?.$float;
    return whole === undefined ? value : Number(whole);
  };
  return run.sequences
    .filter((sequence) => sequence.name === name)
    .map(({ context, points }) => [context, points.map((p) => [p.step, plain(p.value)])]);
}

peer("keeps audio, which Aim reads as its own", async ({ server }) => {
  const run = new Recording();
  const tracker = createTracker(run, { repo: server.url });
  const data = Buffer.from("RIFF....WAVE");
  const values = {
    tone: { kind: "audio", format: "wav", data, caption: "a tone" },
    clip: { kind: "video", format: "mp4", data },
  } as const;
  await deliver(tracker, run, [{ type: "media", values, context: { step: 3 } }]);
  await tracker.finish("success");
  const read = await readRun(server, tracker.tracker.hash);
  const held = {
    caption: "a tone",
    data: { $blob: { $bytes: data.toString("hex") } },
    format: "wav",
  };
  assert.equal(pointsOf(read, "tone"), [[{}, [[3, { "$aim.audio": held }]]]]);
  assert.match(
    run.warnings.join(),
    /"clip": the media that it shows are wav, mp3, flac, and not mp4/,
  );
});

peer("keeps metrics, texts, parameters and the end of a run", async ({ server }) => {
  const run = new Recording();
  const tracker = createTracker(run, {
    ...{ repo: server.url, experiment: "exp", description: "what it is", tags: ["a"] },
  });
  await deliver(tracker, run, [
    { type: "config", values: { lr: 0.1, epochs: 3, deep: { list: [1, "x", null] } } },
    metrics({ loss: 0.5, note: "hello" }, 0),
    metrics({ loss: 0.25 }),
    metrics({ loss: 7 }, 4, { context: { subset: "val" }, epoch: 2 }),
  ]);
  await tracker.finish("success");
  const read = await readRun(server, tracker.tracker.hash);
  assert.is(read.hash, run.id.slice(0, 24));
  assert.is(read.name, "project");
  assert.is(read.experiment, "exp");
  assert.is(read.description, "what it is");
  assert.equal(read.tags, ["a"]);
  assert.is(read.active, false);
  assert.is(read.creation_time, run.startedMs / 1000);
  assert.ok(read.end_time !== null && Math.abs(read.end_time * 1000 - Date.now()) < 60_000);
  assert.equal(read.params, { hparams: { lr: 0.1, epochs: 3, deep: { list: [1, "x", null] } } });
  assert.equal(pointsOf(read, "loss"), [
    [{ subset: "val" }, [[4, 7]]],
    [
      {},
      [
        [0, 0.5],
        [1, 0.25],
      ],
    ],
  ]);
  const [loss, note] = ["loss", "note"].map((name) => read.sequences.find((s) => s.name === name));
  assert.equal(note?.points[0]?.value, { "$aim.text": { data: { $blob: "hello" } } });
  assert.is(loss?.points[0]?.epoch, 2);
  assert.is(loss?.points[0]?.time, 1_795_480_637);
});

peer("reads back as what the official client recorded of the same calls", async ({ server }) => {
  const run = new Recording();
  const tracker = createTracker(run, { repo: server.url });
  const back = { context: { k: 1, n: "z" } };
  await deliver(tracker, run, [
    ...[0.5, 0.25].map((loss) => metrics({ loss })),
    metrics({ loss: 0.125 }, 10, { context: { subset: "train" }, epoch: 2 }),
    ...[Number.NaN, Infinity, -Infinity].map((special) => metrics({ special })),
    metrics({ f32: Math.fround(0.1) }),
    metrics({ back: 5 }, 5, back),
    metrics({ back: 3 }, 3, back),
    metrics({ back: 55 }, 5, back),
    metrics({ back: 4 }, 4, back),
    metrics({ back: 7 }, undefined, back),
    metrics({ a: 1 }, 3),
    metrics({ b: 2 }, 3),
    metrics({ txt: "hello α" }),
    metrics({ txt: "second" }),
    metrics({ txts: ["l1", "l2"] }),
    metrics({ loss: 0.0625 }),
  ]);
  await tracker.finish("success");
  const read = await readRun(server, tracker.tracker.hash);
  const path = new URL("fixtures/vectors/remote-session.expected.json", import.meta.url);
  const [recorded] = JSON.parse(readFileSync(path, "utf8")) as ReadRun[];
  const names = new Set(["loss", "special", "f32", "back", "a", "b", "txt", "txts"]);
  const untimed = ({ points, ...sequence }: ReadSequence) => ({
    ...sequence,
    points: points.map(({ time: _, ...point }) => point),
  });
  const expected = recorded?.sequences.filter(({ name }) => names.has(name)).map(untimed);
  assert.is(expected?.length, 9);
  assert.equal(read.sequences.map(untimed), expected);
});

peer("keeps parameters of every type", async ({ server }) => {
  const run = new Recording();
  const tracker = createTracker(run, { repo: server.url });
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`key ${i}`, i]));
  await deliver(tracker, run, [
    {
      type: "config",
      values: {
        ...{ whole: 3, fraction: 0.5, negative: -0, big: 2n ** 60n, huge: 2n ** 70n },
        ...{ nan: Number.NaN, infinite: Infinity, yes: true, none: null, gone: undefined },
        ...{ text: "αβ\0\ud800", empty: "", list: [1, [2.5, {}], []], deep: { "a/b": { "": 1 } } },
        ...{ date: new Date(0), floats: Float32Array.of(1, 0.5), ints: Uint8Array.of(1, 255) },
        ...{ ["k".repeat(1000)]: 1, "7": "numeric", long: new Float32Array(5000) },
      },
    },
    { type: "call", method: "set", args: ["extra", many], context: {} },
  ]);
  await tracker.finish("success");
  const { params } = await readRun(server, tracker.tracker.hash);
  assert.equal((params as { extra: unknown }).extra, many);
  const { long, ...hparams } = params.hparams as { [key: string]: unknown };
  assert.is(JSON.parse(long as string).length, 5000);
  assert.equal(hparams, {
    ...{ whole: 3, fraction: 0.5, negative: { $float: "-0.0" } },
    ...{ big: { $int: String(2n ** 60n) }, huge: String(2n ** 70n) },
    ...{ nan: "NaN", infinite: "Infinity", yes: true, none: null, gone: null },
    ...{
      text: "αβ\0\ufffd",
      empty: "",
      list: [1, [2.5, {}], []],
      deep: { "a/b": { "(empty)": 1 } },
    },
    ...{ date: "1970-01-01T00:00:00.000Z", floats: [{ $float: "1.0" }, 0.5], ints: [1, 255] },
    ...{ ["k".repeat(1000)]: 1, "7": "numeric" },
  });
});

peer("keeps a configuration of thousands of entries, and replaces it", async ({ server }) => {
  const run = new Recording();
  const tracker = createTracker(run, { repo: server.url });
  const many = Object.fromEntries(Array.from({ length: 1500 }, (_, i) => [`key ${i}`, i]));
  await deliver(tracker, run, [
    { type: "config", values: { old: 1 } },
    { type: "config", values: many },
  ]);
  await tracker.finish("success");
  assert.equal((await readRun(server, tracker.tracker.hash)).params, { hparams: many });
});

peer("keeps images, distributions, tables and files", async ({ server }) => {
  const run = new Recording();
  const tracker = createTracker(run, {
    repo: server.url,
    artifactsUri: `file://${run.folder}/kept`,
  });
  const file = join(run.folder, "model.txt");
  writeFileSync(file, "weights");
  const rgb = Uint8Array.from({ length: 2 * 3 * 3 }, (_, i) => i * 10);
  await deliver(tracker, run, [
    {
      type: "images",
      values: { img: { data: rgb, shape: [2, 3, 3] } },
      context: { step: 1, options: { caption: "cap" } },
    },
    {
      type: "images",
      values: {
        gray: { data: Float32Array.of(0, 1, 0.5, 0), shape: [2, 2] },
        batch: { data: new Uint8Array(24).fill(9), shape: [2, 2, 2, 3] },
        broken: { data: new Uint8Array(3), shape: [2, 2] },
      },
      context: {},
    },
    { type: "images", values: { batch: { data: rgb, shape: [2, 3, 3] } }, context: {} },
    metrics({ weights: Float32Array.from({ length: 100 }, (_, i) => i) }),
    {
      type: "tables",
      values: { rows: { columns: ["a", "b"], rows: [[1, "x"]] } },
      context: { step: 2 },
    },
    { type: "artifact", artifact: { name: "../out/model.txt", path: file }, context: {} },
  ]);
  await tracker.finish("success");
  assert.match(run.warnings.join("\n"), /broken \(image\)/);
  const read = await readRun(server, tracker.tracker.hash);
  const values = (name: string): unknown[] =>
    read.sequences.find((s) => s.name === name)?.points.map(({ value }) => value) ?? [];
  const images = (value: unknown) => ([value].flat() as ReadImage[]).map(pixelsOf);
  assert.equal(values("img").map(images), [[["RGB", Buffer.from(rgb).toString("hex"), "cap"]]]);
  assert.equal(values("gray").map(images), [[["L", "00ff8000", ""]]]);
  const nines = ["RGB", "09".repeat(12), ""];
  assert.equal(values("batch").map(images)[0], [nines, nines]);
  assert.is(values("batch").map(images)[1]?.length, 1);
  const [distribution] = values("weights") as { "$aim.distribution"?: { data: object } }[];
  const { data, ...bins } = distribution?.["$aim.distribution"] ?? { data: {} };
  const counts = Buffer.from(Array.from({ length: 64 }, binOf).flatMap(int64Bytes));
  const sha256 = createHash("sha256").update(counts).digest("hex");
  assert.equal(data, { $blob: { $bytes_sha256: sha256, len: 512 } });
  const range = [{ $float: "0.0" }, { $float: "99.0" }];
  assert.equal(bins, { bin_count: 64, dtype: "int64", range });
  assert.equal(values("rows"), [
    { "$aim.text": { data: { $blob: '{"columns":["a","b"],"rows":[[1,"x"]]}' } } },
  ]);
  assert.is(readFileSync(join(run.folder, "kept", read.hash, "out/model.txt"), "utf8"), "weights");
  const base = `file://${run.folder}/kept/${read.hash}`;
  const stored = { name: "out/model.txt", path: file, base_uri: base };
  assert.equal(read.artifacts, {
    "out/model.txt": { "$aim.artifact": { ...stored, uri: `${base}/out/model.txt` } },
  });
});

peer(
  "keeps a figure of Plotly as one that Aim draws, and a picture of another",
  async ({ server }) => {
    const run = new Recording();
    const tracker = createTracker(run, { repo: server.url });
    const spec = { mark: "bar", data: { values: [{ a: 1 }] }, encoding: { x: { field: "a" } } };
    const values: Record<string, FigureData> = {
      curve: { type: "plotly", spec: { data: [{ y: Float32Array.of(1, Number.NaN) }] } },
      bars: { type: "vega-lite", spec },
    };
    await deliver(tracker, run, [{ type: "figures", values, context: { step: 3 } }]);
    await tracker.finish("success");
    assert.equal(run.warnings, []);
    const read = await readRun(server, tracker.tracker.hash);
    const pointOf = (name: string) => read.sequences.find((s) => s.name === name)?.points[0];
    const json = '{"data":[{"y":[1,null]}],"layout":{}}';
    const figure = { source: "plotly", version: "unknown", format: "raw_json" };
    assert.is(pointOf("curve")?.step, 3);
    assert.equal(pointOf("curve")?.value, { "$aim.figure": { ...figure, data: { $blob: json } } });
    const picture = pointOf("bars")?.value as ReadImage;
    assert.is(picture["$aim.image"].$pixels.mode, "RGBA");
  },
);

peer("keeps audio and figures of the native object", async ({ server }) => {
  const run = new Recording();
  const tracker = createTracker(run, { repo: server.url });
  const aim = tracker.tracker;
  const data = Buffer.from("RIFF....WAVE");
  aim.track({ kind: "audio", format: "wav", data }, { name: "tone", step: 3, caption: "a tone" });
  aim.track({ type: "plotly", spec: { data: [{ y: [1, 2] }] } }, { name: "curve", step: 3 });
  aim.track({ kind: "audio", format: "exe", data }, { name: "odd", step: 3 });
  aim.track({ type: "plotly", spec: 1 }, { name: "no figure", step: 3 });
  await deliver(tracker, run, run.events as TrackerEvent[]);
  await tracker.finish("success");
  const read = await readRun(server, aim.hash);
  const held = { caption: "a tone", data: { $blob: { $bytes: data.toString("hex") } } };
  const [[, [[step, tone]]]] = pointsOf(read, "tone") as [[object, [[number, object]]]];
  assert.equal([step, tone], [3, { "$aim.audio": { ...held, format: "wav" } }]);
  const curve = read.sequences.find(({ name }) => name === "curve")?.points[0]?.value;
  assert.match(JSON.stringify(curve), /"\$aim\.figure".*\[1,2\]/);
  assert.match(run.warnings.join(), /"odd": the media that it shows are wav, mp3, flac/);
});

/** How many of 0, 1, …, 99 NumPy counts in a bin of 64. */
function binOf(_: unknown, bin: number): number {
  const of = (value: number) => Math.min(Math.floor(value / (99 / 64)), 63);
  return Array.from({ length: 100 }, (_, value) => of(value)).filter((at) => at === bin).length;
}

function int64Bytes(value: number): number[] {
  return [value, 0, 0, 0, 0, 0, 0, 0];
}

type ReadImage = {
  "$aim.image": { $pixels: { mode: string; hex: string }; caption: string };
};

function pixelsOf({ "$aim.image": { $pixels, caption } }: ReadImage): unknown[] {
  return [$pixels.mode, $pixels.hex, caption];
}

test.run();
