import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FigureData } from "@acc/core/tracker";
import { chromiumPath, pageDom } from "@acc/test-kit/peers/chromium";
import { pythonOf } from "@acc/test-kit/peers/python";
import { freePort } from "@acc/test-kit/servers/free-port";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { TensorBoardOptions } from "../src/options.ts";
import type { TensorBoardTracker } from "../src/tracker.ts";
import { createTracker } from "./create-tracker.ts";

const test = suite("our runs in TensorBoard");
const python = pythonOf("packages/trackers/tensorboard/test/fixtures/requirements.txt") as string;
const run = python ? test : test.skip; // the installer has reported what could not be installed
const reader = fileURLToPath(new URL("fixtures/vectors/read.py", import.meta.url));
const TIMEOUT_MS = 120_000;
const temporary = () => mkdtempSync(join(tmpdir(), "acc-tensorboard-"));

/** What TensorBoard finds; `args` choose by which way, see the reader. */
function read(directory: string, ...args: string[]) {
  const output = execFileSync(python, [reader, directory, "--no-time", ...args], {
    encoding: "utf8",
    timeout: TIMEOUT_MS,
    maxBuffer: 1 << 26,
  });
  return JSON.parse(output);
}

function record(
  directory: string,
  name: string,
  use: (tracker: TensorBoardTracker) => void,
  options: TensorBoardOptions = {},
): void {
  const { tracker } = createTracker(name, directory, options);
  tracker.start();
  use(tracker);
  tracker.finish("success");
}

const pixels = Uint8Array.from({ length: 2 * 3 * 3 }, (_, index) => index * 10);
const weights = Float32Array.from({ length: 100 }, (_, index) => index);
const loss = (step: number): number => 1 / (step + 2);

/** A run with everything that TensorBoard has a page for. */
function recordEverything(tracker: TensorBoardTracker): void {
  tracker.storeInitConfiguration({ lr: 0.1, layers: [64, 10], amp: true, nested: { deep: "x" } });
  for (let step = 0; step < 5; step++) {
    tracker.log(
      { loss: loss(step), train: { acc: step / 8 }, "µ/é": step, ok: step > 2 },
      { step },
    );
  }
  tracker.log({ odd: Number.NaN }, { step: 0 });
  tracker.log({ odd: Number.POSITIVE_INFINITY }, { step: 1 });
  tracker.log({ odd: Number.NEGATIVE_INFINITY }, { step: 2 });
  tracker.log({ note: "**bold** é", weights }, { step: 5 });
  tracker.logImages({ img: { data: pixels, shape: [2, 3, 3] } }, { step: 5 });
  tracker.logTable({ tab: { columns: ["a", "b"], rows: [[1, "x"]] } }, { step: 5 });
}

type Image = { readonly step: number; readonly size: number[]; readonly mode: string };

const steps = [0, 1, 2, 3, 4];
/** What it holds, as TensorBoard answers. */
const scalars = {
  loss: steps.map((step) => [step, Math.fround(loss(step))]),
  "train/acc": steps.map((step) => [step, step / 8]),
  "µ/é": steps.map((step) => [step, step]),
  ok: steps.map((step) => [step, Number(step > 2)]),
  odd: [
    [0, "NaN"],
    [1, "Infinity"],
    [2, "-Infinity"],
  ],
};

run(
  "a figure is an image for the pages, and a text that says why where it cannot be drawn",
  async () => {
    const directory = temporary();
    const { tracker } = createTracker("exp", directory, {});
    tracker.start();
    const curve: FigureData = { type: "plotly", spec: { data: [{ y: [1, 2] }] } };
    const share: FigureData = { type: "plotly", spec: { data: [{ type: "pie", values: [1] }] } };
    await tracker.logFigure({ curve, share }, { step: 6 });
    tracker.finish("success");
    const answers = read(directory, "--http", "true");
    assert.equal(
      answers.images.exp.curve.map((image: Image) => [image.step, image.size]),
      [[6, [1400, 900]]],
    );
    const { exp: texts } = answers.text;
    assert.match(texts["share/text_summary"][0].text, "is a trace of the type");
  },
);

run("EventAccumulator reads scalars, texts, images, histograms and hparams", () => {
  const directory = temporary();
  record(directory, "exp", recordEverything);
  const { exp } = read(directory, "--view");
  type Point = { step: number; values: unknown[] };
  const pointsOf = (tag: string): Point[] => exp[tag].points;
  for (const [tag, points] of Object.entries(scalars)) {
    assert.equal(
      pointsOf(tag).map(({ step, values }) => [step, values[0]]),
      points,
      tag,
    );
    assert.is(exp[tag].metadata.plugin, "scalars");
  }
  assert.equal(pointsOf("note/text_summary")[0]?.values, ["**bold** é"]);
  assert.equal(pointsOf("img")[0]?.values.slice(0, 2), ["3", "2"]);
  assert.is(exp.weights.metadata.plugin, "histograms");
  const hparams = exp["_hparams_/session_start_info"].metadata.hparams.sessionStartInfo.hparams;
  assert.equal(hparams, { lr: 0.1, layers: "[64,10]", amp: true, "nested/deep": "x" });
  const end = exp["_hparams_/session_end_info"].metadata.hparams.sessionEndInfo;
  assert.is(end.status, "STATUS_SUCCESS");
  const [events] = Object.values(read(directory).exp) as { file_version?: string }[][];
  assert.is(events?.[0]?.file_version, "brain.Event:2");
});

for (const fast of ["true", "false"]) {
  run(`the pages get everything from the server with --load_fast ${fast}`, () => {
    const directory = temporary();
    record(directory, "exp", recordEverything);
    record(directory, "other", (tracker) => tracker.log({ loss: 0.5 }, { step: 1 }));
    const answers = read(directory, "--http", fast);
    assert.equal(answers.runs, ["exp", "other"]);
    assert.equal(answers.scalars, { exp: scalars, other: { loss: [[1, 0.5]] } });
    const { exp: texts } = answers.text;
    assert.match(texts["note/text_summary"][0].text, /<strong>bold<\/strong> é/);
    assert.match(texts["tab/text_summary"][0].text, /<th>a<\/th>[\s\S]*<td>x<\/td>/);
    assert.equal(
      answers.images.exp.img.map((image: Image) => [image.step, image.size, image.mode]),
      [[5, [3, 2], "RGB"]],
    );
    const [[step, ranges]] = answers.histograms.exp.weights;
    assert.is(step, 5);
    assert.is(
      ranges.reduce((sum: number, [, , count]: number[]) => sum + (count ?? 0), 0),
      weights.length,
    );
    const { hparamInfos, metricInfos } = answers.hparams_experiment;
    const names = (infos: { name: unknown }[]) => infos.map(({ name }) => name).sort();
    assert.equal(names(hparamInfos), ["amp", "layers", "lr", "nested/deep"]);
    const tags = metricInfos.map((info: { name: { tag: string } }) => info.name.tag).sort();
    assert.equal(tags, Object.keys(scalars).sort());
    const groups = answers.hparams_session_groups.sessionGroups;
    assert.is(groups.length, 1, "the run without hparams is none");
    assert.equal(groups[0].hparams, { lr: 0.1, layers: "[64,10]", amp: true, "nested/deep": "x" });
    const last = groups[0].metricValues.find(
      (metric: { name: { tag: string } }) => metric.name.tag === "loss",
    );
    assert.equal([last.trainingStep, last.value], [4, Math.fround(loss(4))]);
    assert.is(groups[0].sessions[0].status, "STATUS_SUCCESS");
  });

  run(`audio, PR curves, custom scalars and embeddings with --load_fast ${fast}`, () => {
    const directory = temporary();
    const wav = Buffer.concat([
      Buffer.from("524946462c00000057415645666d7420100000000100010040", "hex"),
      Buffer.from("1f0000803e0000020010006461746108000000", "hex"),
      Buffer.alloc(8, 1),
    ]);
    record(directory, "exp", (tracker) => {
      tracker.log({ "train/loss": 1, "test/loss": 2 }, { step: 1 });
      tracker.logMedia({ tone: { kind: "audio", format: "wav", data: wav } }, { step: 3 });
      const { tracker: writer } = tracker;
      writer.addPrCurve("digit 3", [1, 0, true, false], [0.9, 0.8, 0.4, 0], 3, { thresholds: 5 });
      const margins = [{ value: "test/loss", lower: "train/loss", upper: "test/loss" }];
      writer.addCustomScalars({
        losses: { both: { tags: [".*/loss"] }, between: { margins } },
      });
      const points = [Float32Array.of(1, 2), [3, 4]];
      writer.addEmbedding("words/é", { points, labels: ["a\tb", "c"] }, 2);
      const labels = { word: ["x", "y"], kind: ["1", "2"] };
      writer.addEmbedding("words/é", { points, labels }, 2); // again: in its place
      writer.addEmbedding("others", { points }, 2);
    });
    const { audio, pr_curves, layout, embeddings, labels } = read(directory, "--http", fast);
    const played = [{ step: 3, type: "audio/wav", bytes: wav.toString("hex") }];
    assert.equal(audio.exp.tone, played);
    const [curve] = pr_curves.exp["digit 3"];
    assert.equal([curve.step, curve.thresholds], [3, [0, 0.25, 0.5, 0.75]]);
    assert.equal(curve.true_positives, [2, 2, 1, 1]);
    assert.equal(curve.false_positives, [2, 1, 1, 1]);
    assert.equal(curve.recall, [1, 1, 0.5, 0.5]);
    const [category] = layout.category;
    assert.is(category.title, "losses");
    assert.equal(category.chart[0], { title: "both", multiline: { tag: [".*/loss"] } });
    assert.is(category.chart[1].margin.series[0].lower, "train/loss");
    const names = embeddings.exp.map(({ tensorName }: { tensorName: string }) => tensorName);
    assert.equal(names, ["words/é:2", "others:2"]);
    assert.equal(embeddings.exp[0].tensorShape, [2, 2]);
    assert.is(labels.exp[0], "word\tkind\nx\t1\ny\t2\n");
  });

  run(`a resumed run is one curve with --load_fast ${fast}`, () => {
    const directory = temporary();
    const log = (from: number, to: number, offset: number) => (tracker: TensorBoardTracker) => {
      for (let step = from; step < to; step++) tracker.log({ loss: step + offset }, { step });
    };
    record(directory, "exp", log(0, 6, 0));
    record(directory, "exp", log(3, 5, 100), { resumeStep: 3 });
    assert.equal(read(directory, "--http", fast).scalars.exp.loss, [
      ...[0, 1, 2].map((step) => [step, step]),
      ...[3, 4].map((step) => [step, step + 100]),
    ]);
  });
}

const inBrowser = python && chromiumPath() ? test : test.skip;
inBrowser("the page of the scalars shows the run, its curves and its last value", async () => {
  const directory = temporary();
  record(directory, "exp-in-browser", recordEverything);
  const port = await freePort();
  const place = ["--host", "127.0.0.1", "--port", String(port), "--load_fast", "false"];
  const program = join(dirname(python), "tensorboard");
  const server = spawn(program, ["--logdir", directory, ...place], { stdio: "ignore" });
  try {
    const url = `http://127.0.0.1:${port}`;
    const limit = Date.now() + TIMEOUT_MS / 2;
    for (;;) {
      const tags = await fetch(`${url}/data/plugin/scalars/tags`)
        .then((answer) => answer.text())
        .catch(() => ""); // it has not started yet
      if (tags.includes('"loss"')) break;
      assert.ok(Date.now() < limit, "the server has not loaded the run in time");
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const html = await pageDom(`${url}/#timeseries`);
    for (const shown of [">exp-in-browser<", 'title="loss"', 'title="img"', ">µ<", ">train<"]) {
      assert.ok(html.includes(shown), `${shown} is on the page`);
    }
    assert.match(html, />\s*0\.1667\s*</, "the last value of the loss is in its table");
  } finally {
    server.kill();
    await once(server, "close");
  }
});

test.run();
