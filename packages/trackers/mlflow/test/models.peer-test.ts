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

const test = suite("logged models and datasets, as MLflow reads them");
const python = pythonOf("packages/trackers/mlflow/test/fixtures/requirements.txt");
const run = python ? test : test.skip; // the installer has reported why it could not be installed
const READER = fileURLToPath(new URL("fixtures/read_models.py", import.meta.url));
let server: MlflowServer;

test.before(async () => {
  if (python) server = await startMlflowServer(python);
});
test.after(async () => {
  await server?.remove();
});

async function read(experiment: string, folder: string) {
  const { stdout } = await promisify(execFile)(
    python as string,
    [READER, server.uri, experiment, join(folder, "downloaded")],
    { timeout: 100_000, env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: "true" } },
  );
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

  const found = await read("models", recording.folder);
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

test.run();
