import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { prCurve } from "../src/format/pr-curve.ts";
import { createTracker } from "./create-tracker.ts";
import { readRun } from "./read-events.ts";

const test = suite("pages of TensorBoard from the native object");

function start() {
  const directory = mkdtempSync(join(tmpdir(), "acc-tensorboard-"));
  const { tracker, warnings } = createTracker("run", directory);
  tracker.start();
  return { tracker, writer: tracker.tracker, warnings, run: join(directory, "run") };
}

test("precision and recall count what is above each threshold", () => {
  const curve = prCurve([1, 0, true, false], [0.9, 0.8, 0.4, 0], 5);
  const rows = Array.from({ length: 6 }, (_, row) => [...curve.subarray(row * 5, row * 5 + 5)]);
  assert.equal(rows, [
    [2, 2, 1, 1, 0],
    [2, 1, 1, 1, 0],
    [0, 1, 1, 1, 2],
    [0, 0, 1, 1, 2],
    [0.5, Math.fround(2 / 3), 0.5, 0.5, 0],
    [1, 1, 0.5, 0.5, 0],
  ]);
});

test("wrong curves, layouts, embeddings and media are errors that write nothing", () => {
  const { writer, run } = start();
  const before = writer.size;
  const wrong: [() => void, RegExp][] = [
    [() => writer.addPrCurve("a", [], []), /as many predictions as labels, got 0 and 0/],
    [() => writer.addPrCurve("a", [1], [0.5, 0.5]), /got 2 and 1/],
    [() => writer.addPrCurve("a", [2], [0.5]), /item 0 has the label 2/],
    [() => writer.addPrCurve("a", [1], [Number.NaN]), /prediction NaN/],
    [() => writer.addPrCurve("a", [1], [1], 0, { thresholds: 1 }), /from 2 to 10 000, got 1/],
    [() => writer.addCustomScalars({ a: { b: { tags: [] } } }), /chart "b" needs/],
    [() => writer.addEmbedding("a", { points: [] }), /equally many finite numbers/],
    [() => writer.addEmbedding("a", { points: [[1], [1, 2]] }), /equally many/],
    [() => writer.addEmbedding("a", { points: [[1]], labels: [] }), /0 labels for 1 points/],
    [
      () => writer.addMedia("a", { kind: "audio", format: "wav", data: Buffer.from("RIFF") }),
      /no WAV/,
    ],
    [
      () => writer.addMedia("a", { kind: "video", format: "mp4", data: Buffer.from("x") }),
      /not mp4/,
    ],
  ];
  for (const [call, expected] of wrong) assert.throws(call, expected);
  assert.is(writer.size, before);
  assert.not(existsSync(join(run, "projector_config.pbtxt")));
});

test("embeddings stay in the folder of the run, each of a tag and a step once", () => {
  const { writer, run } = start();
  for (const value of [1, 2]) writer.addEmbedding("../up", { points: [[value]] }, 7);
  const config = readFileSync(join(run, "projector_config.pbtxt"), "utf8");
  const entry = ['  tensor_name: "../up:7"', '  tensor_path: "__/up/00007/tensors.tsv"'];
  assert.is(config, `embeddings {\n${entry.join("\n")}\n}\n`);
  assert.is(readFileSync(join(run, "__/up/00007/tensors.tsv"), "utf8"), "2\n");
});

test("audio that is no WAV, and pages, are left out with a warning beside what is shown", () => {
  const { tracker, warnings, run } = start();
  const data = Buffer.from("GIF89a\x03\0\x02\0", "latin1");
  tracker.logMedia({
    song: { kind: "audio", format: "mp3", data },
    broken: { kind: "audio", format: "wav", data },
    page: { kind: "html", format: "html", data },
    clip: { kind: "video", format: "gif", data },
  });
  tracker.finish("success");
  const points = readRun(run).flatMap((event) => event.points);
  const shown = { height: 2, width: 3, channels: 3, encoded: data };
  assert.equal(points, [{ tag: "clip", kind: "image", value: shown }]);
  for (const name of ["song", "broken", "page"]) assert.match(warnings.join(), `"${name}"`);
});

test.run();
