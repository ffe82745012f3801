import * as assert from "uvu/assert";
import { newRun, onlineSuite, pointsOf, SINGLE } from "./online-suite.ts";

const test = onlineSuite("ClearML tracker: tasks of a server");

test("goes on with a task, after its last iteration and beside what it has", async ({ server }) => {
  const first = newRun(server, { tags: ["old"] });
  first.post({ type: "config", values: { a: 1 } });
  first.post({ type: "metrics", values: { loss: 1 }, context: { step: 9, wallTimeMs: 1 } });
  const before = await first.open();
  await first.deliver(before);
  await before.finish("success");
  const { id } = server.onlyTask;
  const second = newRun(server, { continueTask: id, tags: ["new"] });
  second.post({ type: "call", method: "connect", args: [{ b: 2 }, "General"], context: {} });
  for (const step of [0, 1]) {
    second.post({ type: "metrics", values: { loss: 2 }, context: { step, wallTimeMs: 2 } });
  }
  const after = await second.open();
  await second.deliver(after, { from: 0, to: 2 });
  const later = await second.open(true); // the offset must not move with the last iteration
  await second.deliver(later, { from: 1 });
  assert.equal(pointsOf(server.stored("training_stats_scalar")), [
    ["loss", "train", 9, 1],
    ["loss", "train", 10, 2],
    ["loss", "train", 11, 2],
  ]);
  assert.equal(server.onlyTask.tags, ["old", "new"]);
  assert.equal(Object.keys(server.onlyTask.hyperparams.General ?? {}), ["a", "b"]);
  assert.is(server.onlyTask.status, "in_progress");
  const third = newRun(server, { continueTask: id, iterationOffset: 0 });
  third.post({ type: "metrics", values: { acc: 3 }, context: { step: 5, wallTimeMs: 3 } });
  await third.deliver(await third.open());
  assert.is(server.stored("training_stats_scalar").at(-1)?.iter, 5);
});

test("a run that goes on from a checkpoint stays on its axis (clearml #496 #762)", async ({
  server,
}) => {
  const run = newRun(server);
  const log = (step: number) =>
    run.post({ type: "metrics", values: { loss: step }, context: { step, wallTimeMs: step } });
  for (const step of [0, 1, 2]) log(step);
  const before = await run.open();
  await run.deliver(before);
  await before.finish("success");
  assert.is(server.onlyTask.status, "completed");
  const after = await run.open(false, { step: 2 });
  for (const step of [3, 4]) log(step);
  await run.deliver(after, { from: 3 });
  assert.equal(
    server.stored("training_stats_scalar").map(({ iter }) => iter),
    [0, 1, 2, 3, 4],
  );
  assert.is(server.onlyTask.status, "in_progress");
});

test("its task has the calls of the Python client", async ({ server }) => {
  const run = newRun(server);
  const tracker = await run.open();
  const task = tracker.tracker;
  const logger = task.getLogger();
  assert.is(logger, task.logger);
  logger.reportScalar("loss", "train", 0.5, 3);
  logger.reportSingleValue("best", 0.25);
  logger.reportText("oh", "error");
  logger.reportTable("tab", "s", 1, { columns: ["a"], rows: [[1]] });
  logger.reportHistogram("hist", "s", [1, 2], 1);
  logger.reportPlotly("fig", "s", 2, { data: [{ type: "scatter", x: [1], y: [2] }] });
  logger.reportImage("img", "s", 2, { data: new Uint8Array(4), shape: [2, 2] });
  const config = { lr: 0.1, fn: () => 1 };
  assert.is(task.connect(config as never), config);
  task.setParameter("Args/x", 1);
  task.setParameters({ y: 2, "Args/z/w": [1] });
  task.connectConfiguration({ deep: { list: [1] } }, "Model", "what it is");
  task.uploadArtifact("text", "not a path");
  task.addTags("one");
  task.setComment("words");
  task.close();
  await run.deliver(tracker);
  const stored = server.onlyTask;
  assert.equal([task.id, task.name, task.projectName], [stored.id, "proj A/sub", "proj A/sub"]);
  assert.match(task.getOutputLogWebPage() ?? "", `/tasks/${stored.id}/output/log`);
  assert.is(stored.status, "completed");
  assert.equal(pointsOf(server.stored("training_stats_scalar")), [
    ["loss", "train", 3, 0.5],
    ["Summary", "best", SINGLE, 0.25],
  ]);
  assert.equal(
    server.stored("plot").map(({ metric, variant, iter }) => [metric, variant, iter]),
    [
      ["tab", "s", 1],
      ["hist", "s", 1],
      ["fig", "s", 2],
    ],
  );
  assert.equal(server.stored("log")[0]?.level, "error");
  const { General, Args } = stored.hyperparams;
  assert.equal(Object.keys(General ?? {}), ["lr", "fn", "y"]);
  assert.equal([Args?.x?.value, Args?.["z/w"]?.value], ["1", "[1]"]);
  assert.equal(JSON.parse(stored.configuration.Model?.value ?? ""), { deep: { list: [1] } });
  assert.equal([stored.tags, stored.comment], [["one"], "words"]);
  run.post({ type: "call", method: "nothing", args: [], context: {} });
  const error = await run
    .deliver(tracker, { from: run.events.length - 1 })
    .catch((reason) => reason);
  assert.is(error.code, "VALUE_INVALID");
});

test.run();
