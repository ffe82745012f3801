import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import type { ModelOptions } from "../src/native/run.ts";
import { Recording } from "./recording.ts";
import type { StubServer } from "./stub-server.ts";
import { stubSuite } from "./stub-suite.ts";

const test = stubSuite("logged models and datasets of MLflow");

/** A folder as `saveModel` writes it. */
function modelFolder(recording: Recording, name = "my.model"): string {
  const folder = join(recording.folder, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "model.json"), "{}");
  writeFileSync(join(folder, "model.safetensors"), Buffer.alloc(5_000_000, 7));
  return folder;
}

const filesOf = (server: StubServer, prefix: string) =>
  Object.fromEntries(
    [...server.artifacts]
      .filter(([path]) => path.startsWith(prefix))
      .map(([path, bytes]) => [path.slice(prefix.length), bytes]),
  );

test("a folder is a logged model, with the run's parameters and the values of its step", async ({
  server,
  uri,
}) => {
  const recording = new Recording();
  const tracker = await recording.open({ trackingUri: uri });
  const config = Object.fromEntries(Array.from({ length: 130 }, (_, i) => [`p${i}`, i]));
  recording.log({ type: "config", values: config });
  recording.log({ type: "metrics", values: { loss: 1, old: 2 }, context: {} }, 6);
  recording.log({ type: "metrics", values: { loss: 0.5 }, context: {} }, 7);
  tracker.tracker.logModel(modelFolder(recording), { modelType: "net", tags: { "a@b": true } });
  await recording.deliver(tracker);
  await tracker.finish("success");
  const [run] = server.runs.values();
  const [model, ...others] = server.models.byId.values();
  assert.equal(others, []);
  assert.equal(run?.modelIds, ["m-1"]);
  const { name, status, model_type, source_run_id, tags } = model?.info ?? {};
  assert.equal([name, status], ["my_model", "LOGGED_MODEL_READY"]);
  assert.equal([model_type, source_run_id], ["net", run?.id]);
  assert.is(model?.params.length, 130);
  assert.equal(
    [...(model?.metrics ?? [])].map((point) => JSON.parse(point).value),
    [0.5],
  );
  const tag = Object.fromEntries(
    (tags as { key: string; value: string }[]).map(({ key, value }) => [key, value]),
  );
  assert.is(tag.a_b, "true");
  assert.is(tag["mlflow.source.type"], "LOCAL");
  const files = filesOf(server, "1/models/m-1/artifacts/");
  assert.equal(Object.keys(files).sort(), ["MLmodel", "model.json", "model.safetensors"]);
  assert.is(files["model.safetensors"]?.length, 5_000_000);
  const described = parse(String(files.MLmodel));
  assert.equal(described.flavors, {
    tfjs: { data: "model.json" },
    safetensors: { data: "model.safetensors" },
  });
  assert.equal([described.model_id, described.run_id], ["m-1", run?.id]);
  assert.is(described.model_size_bytes, 5_000_002);
  assert.match(described.utc_time_created, /^2\d{3}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}000$/);
  assert.equal(
    recording.warnings.filter((warning) => !warning.includes('"a@b"')),
    [],
  );
});

test("a model is made once, whichever request fails and whatever process goes on", async ({
  server,
  uri,
}) => {
  const recording = new Recording();
  let tracker = await recording.open({ trackingUri: uri });
  recording.log({ type: "metrics", values: { loss: 1 }, context: {} }, 0);
  await recording.deliver(tracker);
  tracker.tracker.logModel(modelFolder(recording), { name: "net" });
  tracker.tracker.logInput({ name: "digits" });
  const first = server.requests.length;
  let failures = 0;
  for (let at = 1; at <= 9; at++) {
    const stop = server.requests.length + at;
    const fault = at % 2 === 0 ? "reset" : "reset after"; // after: the server has carried it out
    server.fault = ({ count }) => (count >= stop ? fault : undefined);
    const failed = await recording.deliver(tracker).catch((error: unknown) => error);
    if (failed === undefined) continue;
    failures += 1;
    tracker = await recording.open({ trackingUri: uri }); // the next process
  }
  server.fault = () => undefined;
  await recording.deliver(tracker);
  await tracker.finish("success");
  assert.ok(failures > 4, `${failures} of ${server.requests.length - first} requests`);
  const [run] = server.runs.values();
  assert.equal(run?.modelIds, ["m-1"]);
  assert.is(server.models.byId.size, 1);
  assert.is(server.models.byId.get("m-1")?.info.status, "LOGGED_MODEL_READY");
  assert.equal(Object.keys(run?.inputs ?? {}).length, 1);
  assert.equal(recording.warnings, []);
});

test("a server before version 3 has the model among the run's artifacts", async ({
  server,
  uri,
}) => {
  server.models.areThere = false;
  const recording = new Recording();
  const tracker = await recording.open({ trackingUri: uri });
  const folder = modelFolder(recording);
  tracker.tracker.logModel(folder, { name: "net" });
  tracker.tracker.logModel(folder, { name: "net" });
  tracker.tracker.logModel(join(folder, "model.json"), { flavors: { own: { data: "x" } } });
  await recording.deliver(tracker);
  await recording.deliver(tracker);
  const [run] = server.runs.values();
  const history = JSON.parse(run?.tags["mlflow.log-model.history"] ?? "");
  const paths = history.map((model: { artifact_path: string }) => model.artifact_path);
  assert.equal(paths, ["net", "net_2", "model_json"]);
  assert.equal(history[2].flavors, { own: { data: "x" } });
  const files = filesOf(server, `1/${run?.id}/artifacts/`);
  assert.equal(Object.keys(files).sort(), [
    ...["model_json/MLmodel", "model_json/model.json"],
    ...["net/MLmodel", "net/model.json", "net/model.safetensors"],
    ...["net_2/MLmodel", "net_2/model.json", "net_2/model.safetensors"],
  ]);
  assert.is(parse(String(files["net_2/MLmodel"])).artifact_path, "net_2");
});

test("what is no model is refused where it is logged, or said where it is delivered", async ({
  server,
  uri,
}) => {
  const recording = new Recording();
  const tracker = await recording.open({ trackingUri: uri });
  const run = tracker.tracker;
  const folder = modelFolder(recording);
  assert.throws(() => run.logModel(join(recording.folder, "none")), /There is no file or folder/);
  assert.throws(() => run.logModel(7 as unknown as string), /A path must be a text, got 7/);
  const wrong = (options: object) => () => run.logModel(folder, options as ModelOptions);
  assert.throws(wrong(null as unknown as object), /the options must be an object, got null/);
  assert.throws(wrong({ name: "a/b" }), /takes no .* in a name, got "a\/b"/);
  assert.throws(wrong({ name: "" }), /in a name, got ""/);
  assert.throws(wrong({ step: 1.5 }), /step must be an integer of at least 0, got 1.5/);
  assert.throws(wrong({ flavors: "tfjs" }), /flavors must be an object, got tfjs/);
  assert.throws(wrong({ tags: ["a"] }), /tags must be an object/);

  const empty = join(recording.folder, "empty");
  mkdirSync(empty);
  run.logModel(empty);
  const odd = join(recording.folder, "odd");
  mkdirSync(join(odd, "MLmodel"), { recursive: true });
  writeFileSync(join(odd, "MLmodel/x"), "");
  run.logModel(odd);
  const gone = modelFolder(recording, "gone");
  run.logModel(gone);
  rmSync(gone, { recursive: true });
  const linked = modelFolder(recording, "linked");
  symlinkSync("..", join(linked, "loop"));
  symlinkSync("/etc/hostname", join(linked, "secret"));
  writeFileSync(join(linked, "MLmodel"), "flavors: {mine: {}}\n");
  run.logModel(linked, { name: "ü 😀" });
  recording.log({ type: "metrics", values: { loss: 1 }, context: {} }, 0);
  await recording.deliver(tracker);
  const said = recording.warnings.join("\n");
  assert.match(said, /the model "empty": The model .*empty is a folder without files/);
  assert.match(said, /the model "odd": .* has a folder MLmodel, where MLflow needs a file/);
  assert.match(said, /the model "gone": .* does not exist any more/);
  assert.equal(
    [...server.models.byId.values()].map(({ info }) => [info.name, info.status]),
    [["ü 😀", "LOGGED_MODEL_READY"]],
  );
  const files = filesOf(server, "1/models/m-1/artifacts/");
  assert.equal(Object.keys(files), ["MLmodel", "model.json", "model.safetensors"]);
  assert.is(String(files.MLmodel), "flavors: {mine: {}}\n");
  assert.is([...server.runs.values()][0]?.metrics.loss?.length, 1);
});

test("a model whose file the server refuses is marked as failed", async ({ server, uri }) => {
  const recording = new Recording();
  const tracker = await recording.open({ trackingUri: uri });
  tracker.tracker.logModel(modelFolder(recording), { name: "net" });
  const body = JSON.stringify({ error_code: "INVALID_PARAMETER_VALUE", message: "too large" });
  server.fault = ({ path }) => (path.endsWith(".safetensors") ? { status: 400, body } : undefined);
  await recording.deliver(tracker);
  assert.is(server.models.byId.get("m-1")?.info.status, "LOGGED_MODEL_UPLOAD_FAILED");
  assert.match(recording.warnings.join("\n"), /the model "net": too large/);
});

test("datasets, without the keys of their addresses", async ({ server, uri }) => {
  const recording = new Recording();
  const tracker = await recording.open({ trackingUri: uri });
  const run = tracker.tracker;
  const url = "https://me:pw123456@example.com/a.csv?token=abcdefgh&v=1";
  const schema = { mlflow_colspec: [{ name: "x", type: "double", required: true }] };
  run.logInput({ name: "a", source: url, schema }, { context: "training", tags: { k: 1 } });
  run.logInput({ name: "b", source: "data/b.csv", digest: "v2", profile: { num_rows: 3 } });
  run.logInput({ name: "c", source: "s3://bucket/c" });
  run.logInput({ name: "d\ud800" });
  run.logInput({ name: "b", source: "elsewhere", digest: "v2" });
  type Wrong = Parameters<typeof run.logInput>[0];
  const wrong = (dataset: object | undefined) => () => run.logInput(dataset as Wrong);
  assert.throws(wrong({}), /its name must be a text, got undefined/);
  assert.throws(wrong(undefined), /its name must be a text, got undefined/);
  assert.throws(wrong({ name: "x", source: 1 }), /source must be an address or path, got 1/);
  assert.throws(wrong({ name: "x", digest: "y".repeat(37) }), /36 characters as its digest/);
  assert.throws(wrong({ name: "x", schema: "double" }), /schema must be an object, got double/);
  const options = null as unknown as object;
  assert.throws(() => run.logInput({ name: "x" }, options), /options must be an object, got null/);
  run.logInput({ name: "big", profile: { rows: 2n ** 60n, loss: Number.NaN } });
  assert.throws(wrong({ name: "n".repeat(501) }), /500 characters as its name, got 501/);
  await recording.deliver(tracker);
  const held = Object.values([...server.runs.values()][0]?.inputs ?? {}) as {
    [key: string]: string;
  }[];
  assert.equal(
    held.map(({ name, source_type }) => [name, source_type]),
    [
      ["a", "http"],
      ["b", "local"],
      ["c", "s3"],
      ["d\ufffd", "code"],
      ["big", "code"],
    ],
  );
  assert.equal(JSON.parse(held[0]?.source ?? ""), { url: "https://example.com/a.csv?v=1" });
  assert.equal(JSON.parse(held[0]?.schema ?? ""), schema);
  assert.equal(held[0]?.tags as unknown, [
    { key: "k", value: "1" },
    { key: "mlflow.data.context", value: "training" },
  ]);
  assert.match(held[0]?.digest ?? "", /^[0-9a-f]{8}$/);
  assert.is(held[1]?.digest, "v2");
  assert.equal(JSON.parse(held[1]?.source ?? ""), { uri: join(process.cwd(), "data/b.csv") });
  assert.not.match(JSON.stringify(recording.events), /pw123456|abcdefgh/);
});

test.run();
