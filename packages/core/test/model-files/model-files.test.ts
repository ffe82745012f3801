import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { suite } from "@acc/test-kit/suite";
import * as tf from "@tensorflow/tfjs";
import * as assert from "uvu/assert";
import { AcceleratorError } from "../../src/index.ts"; // lets tfjs read and write files
import { testAllRanks } from "./test-all-ranks.ts";

const test = suite("models at file:// URLs");
const root = mkdtempSync(join(tmpdir(), "acc-models-"));
let folders = 0;
const newFolder = () => join(root, `model-${folders++}`);

test.after(() => rmSync(root, { recursive: true, force: true }));

function makeModel(): tf.Sequential {
  const model = tf.sequential();
  model.add(tf.layers.dense({ inputShape: [3], units: 4, activation: "relu" }));
  model.add(tf.layers.batchNormalization());
  model.add(tf.layers.dense({ units: 1 }));
  return model;
}

function valuesOf(model: tf.LayersModel): number[][] {
  return model.getWeights().map((weight) => [...weight.dataSync()]);
}

async function faultOf(url: string): Promise<string> {
  try {
    await tf.loadLayersModel(url);
    return "loaded";
  } catch (error) {
    assert.instance(error, AcceleratorError);
    return `${(error as AcceleratorError).code} ${(error as Error).message}`;
  }
}

test("weights, optimizer and metadata come back; the files are those of tfjs-node", async () => {
  const folder = join(newFolder(), "deep", "er");
  const model = makeModel();
  model.compile({ optimizer: tf.train.adam(0.05), loss: "meanSquaredError", metrics: ["mse"] });
  await model.fit(tf.ones([8, 3]), tf.ones([8, 1]), { epochs: 2, verbose: 0 });
  model.setUserDefinedMetadata({ classes: ["a", "b"] });
  const { modelArtifactsInfo } = await model.save(`file://${folder}`, { includeOptimizer: true });
  assert.equal(readdirSync(folder).sort(), ["model.json", "weights.bin"]);
  const json = JSON.parse(readFileSync(join(folder, "model.json"), "utf8"));
  assert.equal(json.weightsManifest[0].paths, ["weights.bin"]);
  assert.is(json.format, "layers-model");
  assert.is(json.trainingConfig.optimizer_config.class_name, "Adam");
  assert.is(modelArtifactsInfo.weightDataBytes, readFileSync(join(folder, "weights.bin")).length);

  const loaded = await tf.loadLayersModel(`file://${folder}/model.json`);
  assert.equal(valuesOf(loaded), valuesOf(model));
  assert.equal(loaded.getUserDefinedMetadata(), { classes: ["a", "b"] });
  assert.is((loaded.optimizer as tf.AdamOptimizer).getConfig().learningRate, 0.05);
  await loaded.fit(tf.ones([8, 3]), tf.ones([8, 1]), { epochs: 1, verbose: 0 });
});

test("saving again replaces the model; relative paths, folders and real URLs are found", async () => {
  const folder = `${newFolder()} with 100 % and spaces`;
  const [first, second] = [makeModel(), makeModel()];
  await first.save(`file://${folder}`);
  await second.save(`file://${folder}`);
  assert.equal(readdirSync(folder).sort(), ["model.json", "weights.bin"]);
  const inside = relative(process.cwd(), folder);
  const url = pathToFileURL(join(folder, "model.json")).href;
  for (const path of [`file://${folder}`, `file://${inside}/model.json`, url]) {
    assert.equal(valuesOf(await tf.loadLayersModel(path)), valuesOf(second), path);
  }
});

test("a folder whose name has # or ? is another one than that without", async () => {
  const [folder, models] = [newFolder(), [makeModel(), makeModel(), makeModel()]];
  const names = ["", "#2", "?v=3"].map((end) => `${folder}${end}`);
  for (const [i, name] of names.entries()) await models[i]?.save(`file://${name}`);
  for (const [i, name] of names.entries()) {
    const loaded = await tf.loadLayersModel(pathToFileURL(join(name, "model.json")).href);
    assert.equal(valuesOf(loaded), valuesOf(models[i] as tf.LayersModel), name);
  }
});

test("groups and shards as Keras is converted to, also quantized", async () => {
  const folder = newFolder();
  const model = makeModel();
  await model.save(`file://${folder}`);
  const path = join(folder, "model.json");
  const json = JSON.parse(readFileSync(path, "utf8"));
  const { weights } = json.weightsManifest[0];
  const bytes = readFileSync(join(folder, "weights.bin"));
  const split = 4 * (3 * 4 + 4);
  mkdirSync(join(folder, "parts"));
  writeFileSync(join(folder, "group1-shard1of2.bin"), bytes.subarray(0, 10));
  writeFileSync(join(folder, "group1-shard2of2.bin"), bytes.subarray(10, split));
  writeFileSync(join(folder, "parts", "group2-shard1of1.bin"), bytes.subarray(split));
  rmSync(join(folder, "weights.bin"));
  json.weightsManifest = [
    { paths: ["group1-shard1of2.bin", "group1-shard2of2.bin"], weights: weights.slice(0, 2) },
    { paths: ["parts/group2-shard1of1.bin"], weights: weights.slice(2) },
  ];
  writeFileSync(path, JSON.stringify(json));
  assert.equal(valuesOf(await tf.loadLayersModel(`file://${path}`)), valuesOf(model));

  const quantized = { dtype: "uint8", scale: 0.5, min: -1 };
  json.weightsManifest[0].weights[1].quantization = quantized;
  writeFileSync(
    join(folder, "group1-shard2of2.bin"),
    Buffer.concat([bytes.subarray(10, 48), Buffer.of(0, 1, 2, 3)]),
  );
  writeFileSync(path, JSON.stringify(json));
  const [, bias] = valuesOf(await tf.loadLayersModel(`file://${path}`));
  assert.equal(bias, [-1, -0.5, 0, 0.5]);
});

test("a graph model is loaded, and saved again", async () => {
  const folder = newFolder();
  mkdirSync(folder);
  const float = { type: "DT_FLOAT" };
  const node = [
    {
      name: "x",
      op: "Placeholder",
      attr: { dtype: float, shape: { shape: { dim: [{ size: -1 }, { size: 2 }] } } },
    },
    {
      name: "w",
      op: "Const",
      attr: {
        dtype: float,
        value: { tensor: { dtype: "DT_FLOAT", tensorShape: { dim: [{ size: 2 }, { size: 1 }] } } },
      },
    },
    {
      name: "y",
      op: "MatMul",
      input: ["x", "w"],
      attr: { T: float, transpose_a: { b: false }, transpose_b: { b: false } },
    },
  ];
  const weights = [{ name: "w", shape: [2, 1], dtype: "float32" }];
  writeFileSync(join(folder, "group1-shard1of1.bin"), Buffer.from(Float32Array.of(2, 3).buffer));
  const json = {
    format: "graph-model",
    modelTopology: { node, versions: { producer: 1 } },
    weightsManifest: [{ paths: ["group1-shard1of1.bin"], weights }],
  };
  writeFileSync(join(folder, "model.json"), JSON.stringify(json));
  const model = await tf.loadGraphModel(`file://${folder}/model.json`);
  const run = (graph: tf.GraphModel) => [
    ...(graph.predict(tf.tensor2d([[1, 10]])) as tf.Tensor).dataSync(),
  ];
  assert.equal(run(model), [32]);
  const copy = newFolder();
  await model.save(`file://${copy}`);
  assert.equal(run(await tf.loadGraphModel(`file://${copy}/model.json`)), [32]);
});

test("what is wrong with the files is said", async () => {
  const folder = newFolder();
  const url = `file://${folder}/model.json`;
  assert.match(await faultOf(url), /MODEL_FILE_INVALID There is no model to load at .*model\.json/);
  await makeModel().save(`file://${folder}`);
  const weights = join(folder, "weights.bin");
  truncateSync(weights, 50);
  assert.match(
    await faultOf(url),
    /weights\.bin has 50 bytes, and the manifest says \d+. The file is truncated/,
  );
  rmSync(weights);
  assert.match(
    await faultOf(url),
    /weights of .*model\.json cannot be read: ENOENT.*Copy all files/,
  );
  writeFileSync(join(folder, "model.json"), '{"modelTopology"');
  assert.match(await faultOf(url), /model\.json is no model\.json: /);
  for (const text of ["null", "7", "{}", '{"modelTopology":{},"weightsManifest":{}}']) {
    writeFileSync(join(folder, "model.json"), text);
    assert.match(await faultOf(url), /lacks modelTopology or weightsManifest/);
  }
  const file = join(root, "a-file");
  writeFileSync(file, "");
  for (const path of [file, join(file, "below")]) {
    try {
      await makeModel().save(`file://${path}`);
      assert.unreachable();
    } catch (error) {
      assert.match(
        (error as Error).message,
        /cannot be saved to .*a-file.*Give the path of a folder/,
      );
    }
  }
});

testAllRanks(test.slow, 3, "wasm");

test("another handler of the URL, such as that of tfjs-node, goes first", async () => {
  const saved: string[] = [];
  const none = null as unknown as tf.io.IOHandler;
  tf.io.registerSaveRouter((url) => {
    if (!String(url).startsWith("file://elsewhere")) return none;
    const save = async (): Promise<tf.io.SaveResult> => {
      saved.push(String(url));
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" } };
    };
    return { save };
  });
  await makeModel().save("file://elsewhere");
  assert.equal(saved, ["file://elsewhere"]);
});

test.run();
