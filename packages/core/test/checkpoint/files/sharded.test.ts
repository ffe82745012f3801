import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readSharded, writeSharded } from "../../../src/checkpoint/files/sharded.ts";
import { readTensors } from "../../../src/checkpoint/files/tensor-file.ts";
import { allTypes, codeOfError, float32, scratch } from "./samples.ts";

const test = suite("weights in several files");
const SIZES = { w1: 128, b1: 32, w2: 128, b2: 16, w3: 32, b3: 8 };
const weights = new Map(
  Object.entries(SIZES).map(([name, bytes]) => [name, float32(new Array(bytes / 4).fill(bytes))]),
);

/** Which tensors are in which file, as executed with Accelerate. */
const CASES: readonly (readonly [limit: number | string, shards: readonly string[]])[] = [
  [150, ["w1", "b1", "w2 b2", "w3 b3"]],
  ["0.2KB", ["w1 b1", "w2 b2 w3 b3"]],
  [64, ["w1", "w2", "b1 b2", "w3 b3"]],
  [600, ["w1 b1 w2 b2 w3 b3"]],
];

test("tensors are distributed as Accelerate does it; stale files go, other files stay", async () => {
  const folder = scratch();
  mkdirSync(folder);
  writeFileSync(join(folder, "notes.txt"), "mine");
  writeFileSync(join(folder, "model-other.safetensors"), "");
  for (const [maxShardSize, shards] of [...CASES, ...CASES.slice(0, 1)]) {
    const names = await writeSharded(folder, weights, { maxShardSize });
    const files = await Promise.all(names.map((name) => readTensors(join(folder, name))));
    const found = files.map(({ tensors }) => [...tensors.keys()].join(" "));
    assert.equal(found, shards);
    const index = shards.length > 1 ? ["model.safetensors.index.json"] : [];
    const others = ["notes.txt", "model-other.safetensors"];
    assert.equal(readdirSync(folder).sort(), [...names, ...index, ...others].sort());
    assert.equal(await readSharded(folder), weights);
  }
});

test("the index has sorted names and the total size", async () => {
  const folder = scratch();
  const tensors = new Map([...allTypes(), ...weights]);
  await writeSharded(folder, tensors, { maxShardSize: 100 });
  const text = readFileSync(join(folder, "model.safetensors.index.json"), "utf8");
  const { metadata, weight_map: map } = JSON.parse(text);
  const total = [...tensors.values()].reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
  assert.is(metadata.total_size, total);
  assert.is(Object.keys(map).length, tensors.size);
  assert.ok(text.endsWith("}\n") && text.startsWith('{\n  "metadata": {\n    "'));
  assert.equal(await readSharded(folder), tensors);
});

test("a mixture of two saves, a missing file, an index that leads out of the folder: each is refused", async () => {
  const folder = scratch();
  await writeSharded(folder, weights, { maxShardSize: 150 });
  const first = readFileSync(join(folder, "model-00001-of-00004.safetensors"));
  await writeSharded(folder, weights, { maxShardSize: 150 });
  writeFileSync(join(folder, "model-00001-of-00004.safetensors"), first);
  assert.is(await codeOfError(() => readSharded(folder)), "CHECKPOINT_DAMAGED");
  for (const name of ["../model.safetensors", "/etc/passwd", 3]) {
    const index = JSON.stringify({ metadata: {}, weight_map: { w1: name } });
    writeFileSync(join(folder, "model.safetensors.index.json"), index);
    assert.is(await codeOfError(() => readSharded(folder)), "CHECKPOINT_DAMAGED");
  }
  const lost = JSON.stringify({ weight_map: { w1: "model-00009-of-00009.safetensors" } });
  writeFileSync(join(folder, "model.safetensors.index.json"), lost);
  assert.is(await codeOfError(() => readSharded(folder)), "CHECKPOINT_DAMAGED");
  assert.is(await codeOfError(() => readSharded(join(folder, "nothing"))), "CHECKPOINT_MISSING");
});

test("a size that is none, and a file instead of a folder, are refused before anything is written", async () => {
  const folder = scratch();
  for (const maxShardSize of ["200B", "", "10 apples", 0, -1, Number.NaN]) {
    const write = (): unknown => writeSharded(folder, weights, { maxShardSize });
    assert.is(await codeOfError(write), "OPTION_INVALID", String(maxShardSize));
  }
  assert.equal(readdirSync(dirname(folder)), []);
  writeFileSync(folder, "text");
  assert.is(await codeOfError(() => writeSharded(folder, weights)), "CHECKPOINT_FAILED");
  assert.is(readFileSync(folder, "utf8"), "text");
});

test.run();
