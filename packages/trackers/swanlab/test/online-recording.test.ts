import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import { echarts, histogram } from "../src/format/chart.ts";
import { onlineSuite, start } from "./online-suite.ts";
import { KEY } from "./swanlab-server.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const test = onlineSuite("SwanLab online: what is recorded");

test("each kind of value, in as few requests as possible", async ({ server }) => {
  const folder = temporaryFolder();
  const recording = await start(server, { name: "first", tags: ["a"] }, folder);
  const run = recording.tracker.tracker;
  run.config.update({ lr: 0.1, deep: { list: [1, null, Infinity] } });
  for (let step = 0; step < 3; step++) run.log({ loss: step / 2, train: { acc: step } }, { step });
  run.log({ note: "hello", when: new Date(0), list: [1, 2], none: null }, { step: 3 });
  run.log({ odd: Number.NaN, big: 2n ** 70n, one: [7], yes: true }, { step: 3 });
  run.log({ chart: echarts({ series: [] }), bars: histogram([1, 2, 3], 2) }, { step: 3 });
  mkdirSync(join(folder, "model/deep"), { recursive: true });
  writeFileSync(join(folder, "model/deep/weights.bin"), "weights");
  run.save(join(folder, "model"));
  await recording.finish();

  const { scalars, media, config, files, state, body } = server.experiment;
  const at = (key: string) =>
    Object.entries(scalars[key] ?? {}).map(([step, { data }]) => [Number(step), data]);
  assert.equal(
    at("loss"),
    [0, 1, 2].map((step) => [step, step / 2]),
  );
  assert.equal(
    at("train/acc"),
    [0, 1, 2].map((step) => [step, step]),
  );
  assert.equal([at("odd"), at("one"), at("yes")], [[[3, "nan"]], [[3, 7]], [[3, 1]]]);
  assert.equal(Object.keys(media).sort(), ["bars", "chart", "note", "when"]);
  assert.equal(config, {
    lr: { desc: "", sort: 0, value: 0.1 },
    deep: { desc: "", sort: 1, value: { list: [1, null, "Inf"] } },
  });
  assert.equal(files, { "model/deep/weights.bin": "weights" });
  assert.equal([state, body.name, body.labels], ["FINISHED", "first", [{ name: "a" }]]);
  assert.equal(server.unknown, []);
  assert.match(recording.warnings.join("\n"), "list (list of 2)");
  const points = server.requests.filter(({ path }) => path === "/api/house/metrics");
  assert.is(points.length, 2);
  assert.is(run.url, `${server.url}/@ada/proj/runs/${run.id}`);
});

test("a series has one value per step; steps that are none are the next ones", async ({
  server,
}) => {
  const recording = await start(server);
  recording.log({ x: 0 });
  recording.log({ x: 1 }, 5);
  recording.log({ x: 2 }, 3);
  recording.log({ x: 99, y: 3 }, 5);
  recording.log({ x: 4 }, -1);
  recording.log({ x: 5 }, 0.5);
  recording.log({ x: 6 });
  recording.log({ x: "text" });
  await recording.finish();
  const points = Object.entries(server.experiment.scalars.x ?? {});
  assert.equal(
    points.map(([step, { data }]) => [Number(step), data]),
    [
      ...[
        [0, 0],
        [3, 2],
        [5, 1],
        [6, 4],
        [7, 5],
        [8, 6],
      ],
    ],
  );
  const said = recording.warnings.join("\n");
  assert.match(said, 'a second value of "x" for one step 1 times');
  assert.match(said, "recorded at the next step");
  assert.match(said, '"x" has values of another kind');
});

test("images of a call without a step are at the step of its values", async ({ server }) => {
  const recording = await start(server);
  const image = { data: new Uint8Array(12), shape: [3, 2, 2, 1] };
  const options = { captions: ["a", "b"] };
  for (let call = 0; call < 2; call++) {
    const context = { ...recording.context(), options };
    recording.post({ type: "metrics", values: { x: call }, context });
    recording.post({ type: "images", values: { image }, context });
  }
  await recording.finish();
  const { scalars, media } = server.experiment;
  assert.equal(Object.keys(scalars.x ?? {}), ["0", "1"]);
  assert.equal(Object.keys(media.image ?? {}), ["0", "1"]);
  const [point] = Object.values(media.image ?? {});
  assert.equal(point?.more, [{ caption: "a" }, { caption: "b" }, { caption: "" }]);
  assert.is(Array.isArray(point?.data) && point.data.length, 3);
});

test("finish ends the run before the training; what comes later is counted", async ({ server }) => {
  const recording = await start(server);
  const run = recording.tracker.tracker;
  run.log({ x: 0 });
  run.finish({ state: "aborted", error: "stopped by hand" });
  assert.throws(() => run.log({ x: 1 }), /is finished/);
  recording.log({ x: 2 });
  await recording.finish("failure");
  assert.is(server.experiment.state, "ABORTED");
  assert.equal(Object.keys(server.experiment.scalars.x ?? {}), ["0"]);
  assert.match(recording.warnings.join("\n"), "after the run's finish() 1 times");
});

test("small deliveries wait for each other; a heartbeat does not wait", async ({ server }) => {
  const recording = await start(server, { transmitIntervalMs: 300 });
  const began = performance.now();
  for (let call = 0; call < 3; call++) {
    recording.log({ x: call });
    await recording.deliverRest();
    await sleep(1);
  }
  assert.ok(performance.now() - began >= 600);
  await recording.finish();
});

test("no key reaches the state, a warning or an error", async ({ server }) => {
  const recording = await start(server);
  recording.log({ x: 1 });
  server.disturb = ({ headers }) => ({
    status: 400,
    body: { code: "x", message: JSON.stringify(headers) }, // repeats what it got
  });
  const error = await recording.finish().then(
    () => undefined,
    (reason: Error) => reason,
  );
  assert.ok(error);
  const said = `${error.message} ${recording.warnings.join()} ${recording.stateText}`;
  assert.is(said.includes(KEY), false, said);
});

test("in mode disabled nothing is sent, and every call works", async ({ server }) => {
  const recording = await start(server, { mode: "disabled" });
  recording.tracker.tracker.log({ x: 1 });
  await recording.finish();
  assert.equal(server.requests, []);
});

test.run();
