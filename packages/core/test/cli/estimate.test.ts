import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "@acc/test-kit/suite";
import * as tf from "@tensorflow/tfjs";
import * as assert from "uvu/assert";
import "../../src/index.ts";
import { runAcc } from "./run-acc.ts";

const test = suite("acc estimate-memory");
let folder = "";
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), "acc-estimate-"));
});
test.after(() => rmSync(folder, { recursive: true, force: true }));

type Shapes = Readonly<Record<string, readonly number[]>>;

/** A safetensors file without its values: the header says where they would be. */
function writeHeader(path: string, shapes: Shapes, dtype = "BF16"): void {
  let end = 0;
  const entries = Object.entries(shapes).map(([name, shape]) => {
    const begin = end;
    end += 2 * shape.reduce((product, size) => product * size, 1);
    return [name, { dtype, shape, data_offsets: [begin, end] }];
  });
  const header = Buffer.from(JSON.stringify({ __metadata__: {}, ...Object.fromEntries(entries) }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  writeFileSync(path, Buffer.concat([length, header]));
}

/** The weights of `bert-base-cased`, by their names in PyTorch. */
function bertShapes(): Shapes {
  const shapes: Record<string, readonly number[]> = {
    "embeddings.word_embeddings.weight": [28996, 768],
    "embeddings.position_embeddings.weight": [512, 768],
    "embeddings.token_type_embeddings.weight": [2, 768],
    "embeddings.LayerNorm.weight": [768],
    "embeddings.LayerNorm.bias": [768],
    "pooler.dense.weight": [768, 768],
    "pooler.dense.bias": [768],
  };
  for (let layer = 0; layer < 12; layer++) {
    const dense = (name: string, rows: number, columns: number): void => {
      shapes[`encoder.layer.${layer}.${name}.weight`] = [rows, columns];
      shapes[`encoder.layer.${layer}.${name}.bias`] = [rows];
    };
    for (const part of ["query", "key", "value"]) dense(`attention.self.${part}`, 768, 768);
    dense("attention.output.dense", 768, 768);
    dense("intermediate.dense", 3072, 768);
    dense("output.dense", 768, 3072);
    for (const part of ["attention.output", "output"]) {
      shapes[`encoder.layer.${layer}.${part}.LayerNorm.weight`] = [768];
      shapes[`encoder.layer.${layer}.${part}.LayerNorm.bias`] = [768];
    }
  }
  return shapes;
}

test("gives for BERT what Accelerate prints", async () => {
  const file = join(folder, "bert.safetensors");
  writeHeader(file, bertShapes());
  const { code, stdout, stderr } = await runAcc(["estimate-memory", file]);
  assert.is(code, 0, stderr);
  // Accelerate's 413.18 MB also count two buffers that are no weights.
  assert.equal(stdout.split("\n").slice(2, 7), [
    "dtype    Largest Layer  Total Size  Training using Adam",
    "float32  84.95 MB       413.17 MB   1.61 GB",
    "float16  42.47 MB       206.59 MB   826.34 MB",
    "int8     21.24 MB       103.29 MB   N/A",
    "int4     10.62 MB       51.65 MB    N/A",
  ]);
});

test("reads the index of several files, and a folder with it", async () => {
  const model = join(folder, "sharded");
  mkdirSync(model);
  writeHeader(join(model, "model-00001-of-00002.safetensors"), { "a.w": [4, 4], "a.b": [4] });
  writeHeader(join(model, "model-00002-of-00002.safetensors"), { "b.w": [8] });
  const places = { "a.w": 1, "a.b": 1, "b.w": 2 };
  const weight_map = Object.fromEntries(
    Object.entries(places).map(([name, shard]) => [
      name,
      `model-0000${shard}-of-00002.safetensors`,
    ]),
  );
  const index = join(model, "model.safetensors.index.json");
  writeFileSync(index, JSON.stringify({ metadata: {}, weight_map }));
  for (const path of [index, model]) {
    const args = ["estimate-memory", "--json", "--dtypes", "float32,int8", path];
    const { stdout } = await runAcc(args);
    assert.equal(JSON.parse(stdout), [
      { dtype: "float32", largestLayer: 80, totalSize: 112, trainingWithAdam: 448 },
      { dtype: "int8", largestLayer: 20, totalSize: 28 },
    ]);
  }
  rmSync(join(model, "model-00002-of-00002.safetensors"));
  const { code, stderr } = await runAcc(["estimate-memory", model]);
  assert.is(code, 1);
  assert.match(
    stderr,
    /\[MODEL_FILE_INVALID\] \S*model-00002-of-00002\.safetensors does not exist/,
  );
});

test("reads a model.json of tf.layers", async () => {
  const model = tf.sequential({
    layers: [tf.layers.lstm({ inputShape: [5, 3], units: 8 }), tf.layers.dense({ units: 1 })],
  });
  const at = join(folder, "layers");
  await model.save(`file://${at}`);
  const total = model.countParams();
  const args = ["estimate-memory", "--json", "--dtypes=float32", join(at, "model.json")];
  const [estimate] = JSON.parse((await runAcc(args)).stdout);
  assert.is(estimate.totalSize, 4 * total);
  assert.is(estimate.largestLayer, 4 * (total - 9));
  model.dispose();
});

test.slow("refuses what is no model, and names it", async () => {
  const faults: readonly [string, string | Buffer, RegExp][] = [
    ["short.safetensors", "1234", /is no safetensors file/],
    ["long.safetensors", Buffer.alloc(64, 255), /is no safetensors file/],
    ["text.json", "not JSON", /has no JSON/],
    ["list.json", "[1]", /does not describe weights/],
    ["topology.json", '{"modelTopology": {}}', /no model\.json with weights/],
    ["shape.json", '{"weightsManifest":[{"weights":[{"name":"w","shape":[-1]}]}]}', /which shape/],
    ["group.json", '{"weightsManifest":[null]}', /which shape/],
    ["empty.json", '{"weightsManifest":[]}', /has no weights/],
    ["away.json", '{"weight_map":{"w":"../x.safetensors"}}', /no file beside it/],
  ];
  for (const [name, text, pattern] of faults) {
    writeFileSync(join(folder, name), text);
    const { code, stderr } = await runAcc(["estimate-memory", join(folder, name)]);
    assert.is(code, 1, name);
    assert.match(stderr, "[MODEL_FILE_INVALID]", name);
    assert.match(stderr, pattern);
  }
});

test("refuses names of models that are on no disk, several models and unknown dtypes", async () => {
  const hub = await runAcc(["estimate-memory", "bert-base-cased"]);
  assert.match(
    hub.stderr,
    "[MODEL_FILE_INVALID] bert-base-cased does not exist. Name a model.json",
  );
  const several = await runAcc(["estimate-memory", "a.json", "--dtypes", "float32", "float16"]);
  assert.match(several.stderr, "Dtypes follow --dtypes, with commas between them");
  const unknown = await runAcc(["estimate-memory", "a.json", "--dtypes", "flaot32"]);
  assert.match(unknown.stderr, 'there is no dtype "flaot32"; did you mean "float32"?');
  assert.is(hub.code, 1);
  for (const { code } of [several, unknown]) assert.is(code, 2);
});

test.run();
