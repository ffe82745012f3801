import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AcceleratorError, TrackerUnreachableError } from "@acc/core/tracker";
import { encodePng, pythonText } from "@acc/tracker-kit";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { splitEntities } from "../src/client/batch.ts";
import { resolveConnection } from "../src/client/connection.ts";
import { artifactPath } from "../src/format/artifact-path.ts";
import { imageFiles } from "../src/format/image-files.ts";
import { safeKey } from "../src/format/safe-key.ts";
import { storableText } from "../src/format/storable-text.ts";
import type { Entity } from "../src/operation.ts";
import { resolveSettings } from "../src/settings.ts";
import { Recording } from "./recording.ts";

const test = suite("MLflow's formats");

test("names that MLflow accepts stay, others are changed", () => {
  for (const key of ["loss", "train/acc", "a.b-c_d:e f", "µ 日本 ü", ".hidden", "a..b", " x "]) {
    assert.is(safeKey(key), key);
  }
  const mended = {
    "": "_",
    ".": "_",
    "..": "__",
    "...": "__.",
    "..x": "_.x",
    "/a//b/./c/": "a/b/c",
    "../../etc/passwd": "__/__/etc/passwd",
    "a@b#c\n\0\\": "a_b_c___",
    "\ud800": "_",
  };
  for (const [key, name] of Object.entries(mended)) assert.is(safeKey(key), name);
  const [one, other] = ["x", "y"].map((end) => safeKey("k".repeat(1000) + end));
  assert.is(one?.length, 250);
  assert.is.not(one, other);
  assert.is([...safeKey("字".repeat(251))].length, 250);
});

test("texts are well-formed and cut by characters", () => {
  assert.is(storableText("a\ud800b\0c"), "a\ufffdb\ufffdc");
  assert.is(storableText("😀😀😀", 3), "😀😀😀");
  assert.is(storableText("😀😀😀😀", 3), "😀😀…");
});

test("parameters are written as Python writes them", () => {
  const texts: [Parameters<typeof pythonText>[0], string][] = [
    [true, "True"],
    [null, "None"],
    [undefined, "None"],
    ["text", "text"],
    [0.1, "0.1"],
    [1e-5, "1e-05"],
    [0.00012, "0.00012"],
    [1e300, "1e+300"],
    [-1e-7, "-1e-07"],
    [Number.NaN, "nan"],
    [Number.NEGATIVE_INFINITY, "-inf"],
    [2n ** 70n, "1180591620717411303424"],
    [[1, "a'b", [null, false]], `[1, "a'b", [None, False]]`],
    [{ a: 1, b: "c" }, "{'a': 1, 'b': 'c'}"],
    [Float32Array.of(0.5, 2), "[0.5, 2]"],
    [new Date(0), "1970-01-01T00:00:00.000Z"],
    [new Date(Number.NaN), "None"],
  ];
  for (const [value, text] of texts) assert.is(pythonText(value), text);
});

test("paths of artifacts stay below the run", () => {
  assert.is(artifactPath("../..", "/etc/passwd"), "__/__/etc/passwd");
  assert.is(artifactPath(undefined, "a\\b//c#?%.txt"), "a/b/c___.txt");
  assert.is(artifactPath("", "ü +.txt"), "ü +.txt");
  assert.ok(Buffer.byteLength(artifactPath("字".repeat(500))) <= 255);
});

test("requests keep within the limits, and one parameter has one value in each", () => {
  const param = (key: string, value = "v"): Entity => ({ kind: "param", entry: { key, value } });
  const tag = (key: string, value: string): Entity => ({ kind: "tag", entry: { key, value } });
  const metric = (step: number): Entity => ({
    kind: "metric",
    entry: { key: "m", value: step, timestamp: 1, step },
  });
  const sizes = (entities: Entity[]) => splitEntities(entities).map((part) => part.length);
  const many = <T>(count: number, make: (index: number) => T) =>
    Array.from({ length: count }, (_, index) => make(index));
  assert.equal(sizes([]), []);
  assert.equal(sizes(many(2001, metric)), [1000, 1000, 1]);
  assert.equal(sizes(many(201, (i) => param(`p${i}`))), [100, 100, 1]);
  assert.equal(sizes([...many(100, (i) => param(`p${i}`)), ...many(901, metric)]), [1000, 1]);
  assert.equal(sizes([param("a"), param("a", "w"), param("b")]), [1, 2]);
  const parts = splitEntities(many(99, (i) => tag(`t${i}`, '"'.repeat(8000))));
  for (const part of parts) assert.ok(JSON.stringify(part).length < 1_000_000);
  assert.is(parts.length, 2);
});

test("images are named as the official client names them", () => {
  const pixels = { data: new Uint8Array([0, 255]), shape: [1, 2] };
  const [twin, image] = imageFiles("train/sample", pixels, {
    step: 2,
    timestampMs: 1700000000123,
    identity: "run 7",
  });
  const recorded = readFileSync(
    new URL("fixtures/vectors/read-3.17.2.json", import.meta.url),
    "utf8",
  );
  const [official = ""] = /images\/[^"]*000001\.png/.exec(recorded) ?? [];
  const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}/;
  assert.match(image?.path ?? "", uuid);
  assert.is(image?.path.replace(uuid, "id"), official.replace(uuid, "id"));
  assert.is(twin?.path, image?.path.replace(/\.png$/, "+compressed.png"));
  for (const file of [twin, image]) assert.equal(file?.bytes, encodePng(pixels).png);
  const batch = imageFiles(
    "a+b%c#d",
    { data: new Float32Array(8), shape: [2, 2, 2, 1] },
    { step: 0, timestampMs: 1, identity: "run 8" },
  );
  assert.equal(
    batch.map(({ path }) => path.replace(uuid, "id")),
    [0, 1].flatMap((index) =>
      ["+compressed", ""].map((end) => `images/a_b_c_d~${index}+step+0+timestamp+1+id${end}.png`),
    ),
  );
});

test("finds the server and its credentials", () => {
  const env = { MLFLOW_TRACKING_URI: "https://me:p%40ss@host/base/" };
  const basic = (pair: string) => `Basic ${Buffer.from(pair).toString("base64")}`;
  assert.equal(resolveConnection({}, undefined, env), {
    trackingUri: "https://host/base",
    headers: { authorization: basic("me:p@ss") },
  });
  const other = resolveConnection({ trackingUri: "http://a:1", username: "u" }, undefined, {
    ...env,
    MLFLOW_TRACKING_PASSWORD: "w",
    MLFLOW_TRACKING_TOKEN: "t",
  });
  assert.equal(other, { trackingUri: "http://a:1", headers: { authorization: basic("u:w") } });
  const token = resolveConnection({ token: "t" }, "http://known", {});
  assert.equal(token, { trackingUri: "http://known", headers: { authorization: "Bearer t" } });
  const unusable = ["", "sqlite:///mlflow.db", "mysql://me:secret@db/x", "./mlruns", "databricks"];
  for (const MLFLOW_TRACKING_URI of unusable) {
    try {
      resolveConnection({}, undefined, { MLFLOW_TRACKING_URI });
      assert.unreachable(MLFLOW_TRACKING_URI);
    } catch (error) {
      assert.instance(error, TrackerUnreachableError);
      assert.ok((error as TrackerUnreachableError).permanent);
      assert.match((error as Error).message, /MLFLOW_TRACKING_URI.*acc sync/s);
      assert.not.match((error as Error).message, /secret/);
    }
  }
});

test("refuses options that make no sense", async () => {
  for (const options of [{ trackingUri: "http://me:secret@host" }, { maxParamLength: 0 }]) {
    const error = await new Recording().open(options).catch((error: unknown) => error);
    assert.instance(error, AcceleratorError);
    assert.is((error as AcceleratorError).code, "OPTION_INVALID");
    assert.not.match((error as Error).message, /secret/);
  }
});

test("settles the run from options and variables", async () => {
  const env = {
    MLFLOW_EXPERIMENT_NAME: "from env",
    MLFLOW_RUN_ID: "abc",
    MLFLOW_RUN_NAME: "named",
    MLFLOW_TAGS: '{"a": "1", "b": 2}',
    MLFLOW_NESTED_RUN: "False",
  };
  const plain = await resolveSettings("project", {}, undefined, {});
  assert.is(plain.experimentName, "project");
  assert.is(plain.runId, undefined);
  const fromEnv = await resolveSettings("project", { tags: { b: true } }, undefined, env);
  assert.is(fromEnv.experimentName, "from env");
  assert.is(fromEnv.runId, "abc");
  assert.is(fromEnv.runName, "named");
  assert.equal(fromEnv.tags, { a: "1", b: "true" });
  const nested = await resolveSettings("p", { experimentName: "e" }, undefined, {
    ...env,
    MLFLOW_NESTED_RUN: "true",
  });
  assert.is(nested.experimentName, "e");
  assert.is(nested.runId, undefined);
  assert.is(nested.parentRunId, "abc");
  const error = await resolveSettings("p", {}, undefined, { MLFLOW_TAGS: "a=1" }).catch((e) => e);
  assert.match((error as Error).message, /MLFLOW_TAGS must be a JSON object/);
});

test("names the script and its commit", async () => {
  const folder = mkdtempSync(join(tmpdir(), "acc-mlflow-git-"));
  const git = (...args: string[]) =>
    execFileSync("git", args, { cwd: folder, encoding: "utf8", timeout: 120_000 }).trim();
  git("init", "-q", "-b", "trunk");
  writeFileSync(join(folder, "train.ts"), "");
  git("add", ".");
  git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "c");
  const { systemTags } = await resolveSettings("p", {}, join(folder, "train.ts"), {});
  assert.is(systemTags["mlflow.source.git.commit"], git("rev-parse", "HEAD"));
  assert.is(systemTags["mlflow.source.git.branch"], "trunk");
  assert.is(systemTags["mlflow.source.type"], "LOCAL");
  assert.match(systemTags["mlflow.source.name"] ?? "", /train\.ts$/);
});

test.run();
