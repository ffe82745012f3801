import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import type { OutputModelOptions } from "../src/native/task.ts";
import { newRun, onlineSuite } from "./online-suite.ts";
import { Recording } from "./recording.ts";

const test = onlineSuite("output models of ClearML");

function modelFolder({ folder }: Recording, name = "net"): string {
  const path = join(folder, name);
  mkdirSync(path);
  writeFileSync(join(path, "model.json"), "{}");
  writeFileSync(join(path, "weights.bin"), "weights");
  return path;
}

test("a file and a folder are models of the task, each call one of its own", async ({ server }) => {
  const recording = newRun(server, { taskName: "task ü 1" });
  const tracker = await recording.open();
  const folder = modelFolder(recording);
  symlinkSync("..", join(folder, "loop"));
  const task = tracker.tracker;
  task.updateOutputModel(join(folder, "weights.bin"), {
    ...{ name: "net", comment: "best so far", tags: ["a"], framework: "TensorFlow" },
    labels: { cat: 1 },
  });
  task.updateOutputModel(folder, { modelName: "all of it" });
  task.updateOutputModel(folder);
  await recording.deliver(tracker);
  await tracker.finish("success");
  const { id, models, project } = server.onlyTask;
  assert.equal(
    models.output.map(({ name }) => name),
    ["net", "net_2", "net_3"],
  );
  const held = models.output.map(({ model }) => server.models.get(model));
  assert.equal(
    held.map((model) => [model?.name, model?.task, model?.project, model?.ready]),
    ["task ü 1 - net", "all of it", "task ü 1 - net"].map((name) => [name, id, project, false]),
  );
  assert.equal(
    held.map((model) => model?.system_tags),
    [[], ["package"], ["package"]],
  );
  const [first] = held;
  assert.equal([first?.tags, first?.labels, first?.framework], [["a"], { cat: 1 }, "TensorFlow"]);
  assert.match(
    String(first?.comment),
    /^best so far\nCreated by task id: [0-9a-f]{32}\nRecorded by/,
  );
  const files = held.map(({ uri = "" } = {} as never) => {
    return server.files.get(decodeURIComponent(new URL(uri).pathname));
  });
  assert.is(String(files[0]), "weights");
  assert.equal(files[1]?.subarray(0, 2).toString(), "PK");
  assert.not.equal(held[1]?.uri, held[2]?.uri);
  assert.not.match(String(files[1]), "loop");
  assert.equal(recording.warnings, []);
});

test("a model is made once, whichever call fails and whatever process goes on", async ({
  server,
}) => {
  const recording = newRun(server);
  let tracker = await recording.open();
  await recording.deliver(tracker);
  tracker.tracker.updateOutputModel(modelFolder(recording));
  let failures = 0;
  for (let at = 1; at <= 8; at++) {
    let count = 0;
    server.fault = () => {
      count += 1;
      if (count < at) return undefined;
      return at % 2 === 0 ? "reset" : "reset after"; // after: the server has carried it out
    };
    const failed = await recording.deliver(tracker).catch((error: unknown) => error);
    if (failed === undefined) continue;
    failures += 1;
    tracker = await recording.open(true);
  }
  server.fault = undefined;
  await recording.deliver(tracker);
  await tracker.finish("success");
  assert.ok(failures >= 4, `${failures} deliveries failed`);
  assert.is(server.models.size, 1);
  assert.is(server.files.size, 1);
  assert.equal(
    server.onlyTask.models.output.map(({ name }) => name),
    ["net"],
  );
});

test("what is no model is refused where it is logged, or said where it is delivered", async ({
  server,
}) => {
  const recording = newRun(server);
  const tracker = await recording.open();
  const folder = modelFolder(recording);
  const wrong = (path: unknown, options: object = {}) => {
    return () => tracker.tracker.updateOutputModel(path as string, options as OutputModelOptions);
  };
  assert.throws(wrong(join(folder, "none")), /VALUE_INVALID|no file or folder at the path, got/);
  assert.throws(wrong(undefined), /the path must be a text, got undefined/);
  assert.throws(wrong(folder, null as unknown as object), /options must be an object, got null/);
  assert.throws(wrong(folder, { name: 7 }), /name must be a text, got 7/);
  assert.throws(wrong(folder, { name: "" }), /name must not be empty/);
  assert.throws(wrong(folder, { tags: "a" }), /tags must be a list of texts, got a/);
  assert.throws(wrong(folder, { labels: { cat: "one" } }), /labels must be integers, got one/);
  const gone = modelFolder(recording, "gone");
  tracker.tracker.updateOutputModel(gone);
  rmSync(gone, { recursive: true });
  tracker.tracker.updateOutputModel(folder, { name: "../a/b \ud800😀", comment: "\ud800" });
  await recording.deliver(tracker, { portion: 1 }).catch(() => {});
  assert.is(server.models.size, 0, "the first is refused");
  await recording.deliver(tracker, { from: 1 });
  assert.equal(
    server.onlyTask.models.output.map(({ name }) => name),
    ["../a/b \ufffd😀"],
  );
  const [path = ""] = server.files.keys();
  assert.match(path, /\/models\/[^/]+\/net\.zip$/);
  assert.not.match(path, /\.\.\//);
});

test("an offline session keeps models as artifacts, and says so", async () => {
  const recording = new Recording({ options: { offline: true } });
  const tracker = await recording.open();
  const folder = modelFolder(recording);
  tracker.tracker.updateOutputModel(folder);
  tracker.tracker.updateOutputModel(join(folder, "weights.bin"), { name: "net" });
  await recording.deliver(tracker);
  await tracker.finish("success");
  recording.state = tracker.state();
  type Held = { target: { artifacts: { key: string; type: string }[] } };
  const { artifacts } = (recording.state as unknown as Held).target;
  assert.equal(
    artifacts.map(({ key }) => key),
    ["net", "net_2"],
  );
  assert.match(recording.warnings.join("\n"), /the model "net" of an offline session/);
});

test.run();
