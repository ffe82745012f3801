import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pythonOf } from "@acc/test-kit/peers/python";
import * as assert from "uvu/assert";
import type { ClearMLServer } from "./clearml-server.ts";
import { newRun, onlineSuite } from "./online-suite.ts";
import { runPython } from "./python-client.ts";

const test = onlineSuite("output models, as ClearML's own client has them");
const python = pythonOf("packages/trackers/clearml/test/fixtures/requirements.txt");
const run = python ? test : test.skip; // the installer has reported why it could not be installed

const root = mkdtempSync(join(tmpdir(), "acc-clearml-models-"));
const folder = join(root, "net");
mkdirSync(folder);
writeFileSync(join(folder, "model.json"), "{}");
writeFileSync(join(folder, "weights.bin"), "weights");

const client = (server: ClearMLServer, script: string, args: string[], input = "") =>
  runPython({ ...{ python, server, folder: root, script, args, input } });

/** Records them with ours. @returns the id of the task. */
async function record(server: ClearMLServer): Promise<string> {
  const recording = newRun(server, { taskName: "task ü 1" });
  const tracker = await recording.open();
  const { tracker: task } = tracker;
  const file = join(folder, "weights.bin");
  const both = { framework: "TensorFlow", labels: { cat: 1 } }; // its own client has the labels of a task
  const single = { name: "net", modelName: "single", tags: ["a"], comment: "best" };
  task.updateOutputModel(file, { ...both, ...single });
  task.updateOutputModel(folder, { ...both, name: "all", modelName: "whole" });
  await recording.deliver(tracker);
  await tracker.finish("success");
  return server.onlyTask.id;
}

run("finds, describes and unpacks ours as its own", async ({ server }) => {
  const read = (id: string) => client(server, "fixtures/models.py", ["read", id]);
  const ours = (await read(await record(server))) as { contents: object }[];
  assert.equal(
    ours.map(({ contents }) => contents),
    [{ "model.json": "{}", "weights.bin": "weights" }, { "": "weights" }],
  );
  const [id = ""] = (await client(server, "fixtures/models.py", ["log", folder])) as string[];
  assert.equal(ours, await read(id));
});

run("takes every request for one of its own", async ({ server }) => {
  await record(server);
  const calls = server.calls.filter(({ action }) => action !== "files");
  const input = calls.map(({ action, body }) => JSON.stringify({ action, body })).join("\n");
  assert.ok(calls.some(({ action }) => action === "models.create"));
  assert.equal(await client(server, "fixtures/check_requests.py", [], input), []);
});

test.run();
