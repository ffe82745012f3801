import { suite } from "uvu";
import * as assert from "uvu/assert";
import { AimServer, python, type ReadRun, readRepo } from "./aim-server.ts";
import { createTracker, deliver, MemoryRun } from "./memory-run.ts";

const test = suite("Aim's server");
const peer = python ? test : test.skip;
let server: AimServer;

test.before(async () => {
  if (python) server = await AimServer.start();
});
test.after(async () => {
  await server?.kill();
});

async function readRun(hash: string): Promise<ReadRun> {
  const [run] = await readRepo(server.repo, "--hash", hash);
  assert.ok(run);
  return run;
}

const pointsOf = (run: ReadRun, name: string) =>
  run.sequences
    .filter((sequence) => sequence.name === name)
    .map(({ context, points }) => ({
      context,
      points: points.map(({ step, value }) => [step, value]),
    }));

peer("keeps metrics, texts, parameters and the end of a run", async () => {
  const run = new MemoryRun();
  const tracker = createTracker(run, { repo: server.url, experiment: "exp", tags: ["a"] });
  await deliver(tracker, run, [
    { type: "config", values: { lr: 0.1, epochs: 3, deep: { list: [1, "x", null] } } },
    { type: "metrics", values: { loss: 0.5, note: "hello" }, context: { step: 0 } },
    { type: "metrics", values: { loss: 0.25 }, context: {} },
    {
      type: "metrics",
      values: { loss: 7 },
      context: { step: 4, options: { context: { subset: "val" }, epoch: 2 } },
    },
  ]);
  await tracker.finish("success");
  const read = await readRun(tracker.tracker.hash);
  assert.is(read.name, "project");
  assert.is(read.experiment, "exp");
  assert.equal(read.tags, ["a"]);
  assert.is(read.active, false);
  assert.equal(read.params, {
    hparams: { lr: 0.1, epochs: 3, deep: { list: [1, "x", null] } },
  });
  assert.equal(pointsOf(read, "loss"), [
    {
      context: {},
      points: [
        [0, 0.5],
        [1, 0.25],
      ],
    },
    { context: { subset: "val" }, points: [[4, { $float: "7.0" }]] },
  ]);
  assert.equal(pointsOf(read, "note"), [
    { context: {}, points: [[0, { "$aim.text": { data: { $blob: "hello" } } }]] },
  ]);
});

test.run();
