import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Accelerator } from "@acc/core";
import { pythonOf } from "@acc/test-kit/peers/python";
import { type MlflowServer, startMlflowServer } from "@acc/test-kit/servers/mlflow-server";
import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Recording } from "./recording.ts";

const test = suite("models, datasets and figures, as MLflow reads them");
const python = pythonOf("packages/trackers/mlflow/test/fixtures/requirements.txt");
const run = python ? test : test.skip; // the installer has reported why it could not be installed
let server: MlflowServer;

test.before(async () => {
  if (python) server = await startMlflowServer(python);
});
test.after(async () => {
  await server?.remove();
});

async function runPython(script: string, ...args: string[]) {
  const path = fileURLToPath(new URL(`fixtures/${script}`, import.meta.url));
  const env = { ...process.env, MLFLOW_DISABLE_TELEMETRY: "true" };
  const options = { timeout: 100_000, env };
  const all = [path, server.uri, ...args];
  const { stdout } = await promisify(execFile)(python as string, all, options);
  return JSON.parse(stdout);
}

run("finds, describes and downloads what saveModel has written, and every dataset", async () => {
  const recording = new Recording();
  const folder = join(recording.folder, "net");
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] });
  await new Accelerator({ backend: "cpu" }).saveModel(model, folder, { topology: true });
  const tracker = await recording.open({ trackingUri: server.uri }, { projectName: "models" });
  const native = tracker.tracker;
  recording.post({ type: "config", values: { lr: 0.5 } });
  recording.log({ type: "metrics", values: { loss: 1 }, context: {} }, 6);
  recording.log({ type: "metrics", values: { loss: 0.25 }, context: {} }, 7);
  native.logModel(folder, { modelType: "classifier", tags: { stage: "draft" } });
  native.logModel(join(folder, "model.json"), { name: "other ü", step: 6, flavors: {} });
  const columns = [{ name: "x", type: "double", required: true }];
  const digits = { name: "digits", source: "https://me:pw@example.com/digits.csv" };
  const schema = { mlflow_colspec: columns };
  native.logInput({ ...digits, schema, profile: { num_rows: 3 } }, { context: "training" });
  native.logInput({ name: "files", source: "/data/files", digest: "v2" });
  native.logInput({ name: "made" }, { tags: { k: "v" } });
  await recording.deliver(tracker);
  await tracker.finish("success");
  assert.equal(recording.warnings, []);

  const found = await runPython("read_models.py", "models", join(recording.folder, "got"));
  const [net, other] = found.models;
  const { "acc.model": id, ...tags } = net.tags;
  assert.match(id, / \d+$/);
  assert.equal(
    { ...net, tags, files: Object.keys(net.files) },
    {
      ...{ name: "net", status: "READY", type: "classifier", isOfRun: true, isById: true },
      ...{ params: { lr: "0.5" }, metrics: { loss: [7, 0.25] }, tags: { stage: "draft" } },
      flavors: { tfjs: { data: "model.json" }, safetensors: { data: "model.safetensors" } },
      files: ["model.json", "model.safetensors", "weights.bin"],
    },
  );
  assert.equal([other.name, other.metrics, other.flavors], ["other ü", {}, {}]);
  assert.equal(other.files, { "model.json": net.files["model.json"] });
  assert.equal(found.outputs, [
    ["net", 7],
    ["other ü", 6],
  ]);
  const [{ digest, ...first }, second, third] = found.inputs;
  assert.match(digest, /^[0-9a-f]{8}$/);
  assert.equal(first, {
    ...{ name: "digits", source: { url: "https://example.com/digits.csv" }, schema },
    ...{ profile: { num_rows: 3 }, tags: { "mlflow.data.context": "training" } },
  });
  assert.equal([second.digest, second.source], ["v2", { uri: "/data/files" }]);
  assert.equal([third.name, third.source, third.tags], ["made", { tags: {} }, { k: "v" }]);
});

run("loads figures as pages, and as what was logged", async () => {
  const recording = new Recording();
  const tracker = await recording.open({ trackingUri: server.uri }, { projectName: "figures" });
  const data = [{ type: "scatter", y: [1, 3, 2] }];
  const values = { "eval/curve": { type: "plotly", spec: { data } } as const };
  recording.log({ type: "figures", values, context: {} }, 4);
  await recording.deliver(tracker);
  await tracker.finish("success");
  const found: Record<string, unknown> = await runPython("read_figures.py", "figures");
  const [json, ...others] = Object.keys(found).filter((path) => path.endsWith(".json"));
  assert.equal(others, []);
  assert.equal((found[json ?? ""] as { data: unknown }).data, data);
  assert.match(String(found["figures/eval~curve.html"]), /^<!doctype html>.*\[1,3,2\]/is);
});

test.run();
