import { cpSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import type { StoredTensor } from "../../src/checkpoint/files/stored-tensor.ts";
import { readTensors, writeTensors } from "../../src/checkpoint/files/tensor-file.ts";
import { AcceleratorError } from "../../src/errors.ts";
import { crc32 } from "../../src/journal/crc32.ts";
import { Random } from "../../src/random/random.ts";
import { richTraining } from "./rich-training.ts";
import { scratch } from "./scratch-folder.ts";

type Place = readonly (string | number)[];
type Change = { readonly file: string; readonly what: string; readonly write: () => Promise<void> };

/** What takes the place of a value; nothing removes it. */
const KINDS: readonly unknown[] = [
  ...[undefined, null, "x", "", -1, 1.5, true, [], {}, [null], 1e300],
  ...[
    { $: "number", value: "NaN" },
    { $: "zzz", value: 1 },
    { $: "map", value: 5 },
  ],
  ...[
    { $: "tensor", at: 5 },
    { $: "strings", value: null },
    { $: "bigint", value: "q" },
  ],
  ...[{ $: "object" }, { $: "set" }],
];
const JSON_FILES = ["state.json", "custom_checkpoint_0.json", "checkpoint.json"];
const TENSOR_FILES = [
  ...["model", "model_1", "optimizer", "optimizer_1", "rank_0", "custom_checkpoint_0"],
].map((name) => `${name}.safetensors`);

/** Codes of a checkpoint that cannot be loaded. */
const CODES = /^CHECKPOINT_(DAMAGED|TOO_NEW|MODEL_MISMATCH|DATA_CHANGED)$/;
/** What V8 says where code meets a value of another kind. */
const RAW = /is not a function|Cannot read|Cannot destructure|not iterable|of undefined/;

/**
 * Tests that a checkpoint in which a value has another kind, or is not there, is refused as a whole, or loaded as a whole: with
 * sizes and checksums that fit, as where a program has written it.
 *
 * @param share of all such changes, drawn at random.
 */
export function testDamagedValues(test: Test, share: number): void {
  test(`values of other kinds in a checkpoint, ${share} of them`, async () => {
    const folder = scratch();
    const [good, bad] = [join(folder, "good"), join(folder, "bad")];
    const writer = await richTraining();
    await writer.train(5, () => writer.accelerator.saveState(good, { wait: true }));
    cpSync(good, bad, { recursive: true });
    const random = new Random(1);
    let training = await trained();
    let isChanged = false;
    let tried = 0;
    for (const { file, what, write } of changesOf(good, bad)) {
      if (random.nextFloat() >= share) continue;
      tried += 1;
      await write();
      if (isChanged) training = await trained();
      const before = training.state();
      try {
        await training.accelerator.loadState(bad);
        isChanged = true;
      } catch (error) {
        isChanged = false;
        const label = `${file}: ${what}: ${error}`;
        assert.instance(error, AcceleratorError, label);
        assert.match((error as AcceleratorError).code, CODES, label);
        assert.not.match((error as Error).message, RAW, label);
        assert.is(training.state(), before, label);
      }
      cpSync(join(good, file), join(bad, file));
      cpSync(join(good, "checkpoint.json"), join(bad, "checkpoint.json"));
    }
    assert.ok(tried > 4000 * share, `${tried} changes`);
  });
}

async function trained() {
  const training = await richTraining();
  await training.train(3);
  return training;
}

function* changesOf(good: string, bad: string): Generator<Change> {
  for (const file of JSON_FILES) {
    const json: unknown = JSON.parse(readFileSync(join(good, file), "utf8"));
    for (const place of placesIn(json, [])) {
      for (const kind of KINDS) {
        if (place.length === 0 && kind === undefined) continue;
        const what = `${place.join(".")} = ${JSON.stringify(kind)}`;
        const write = async () => {
          writeFileSync(join(bad, file), JSON.stringify(replaced(json, place, kind)));
          if (file !== "checkpoint.json") certify(bad, file);
        };
        yield { file, what, write };
      }
    }
  }
  for (const file of TENSOR_FILES) {
    for (const [form, change] of Object.entries(FORMS)) {
      const write = async () => {
        const { tensors } = await readTensors(join(good, file));
        await writeTensors(join(bad, file), change(tensors));
        certify(bad, file);
      };
      yield { file, what: form, write };
    }
  }
}

type Tensors = ReadonlyMap<string, StoredTensor>;

/** What happens to the tensors of a file. */
const FORMS: { readonly [what: string]: (tensors: Tensors) => Tensors } = {
  "no tensor": () => new Map(),
  "longer tensors": (tensors) => mapped(tensors, ({ shape }) => [...shape, 3]),
  "flat tensors": (tensors) => mapped(tensors, ({ shape }) => [shape.reduce((a, b) => a * b, 1)]),
  "empty tensors": (tensors) => mapped(tensors, () => [0]),
};

function mapped(tensors: Tensors, shapeOf: (tensor: StoredTensor) => number[]): Tensors {
  const changed = [...tensors].map(([name, tensor]) => {
    const shape = shapeOf(tensor);
    const size = shape.reduce((product, length) => product * length, 1);
    return [name, { dtype: "float32", shape, bytes: new Uint8Array(4 * size) }] as const;
  });
  return new Map(changed);
}

function* placesIn(value: unknown, place: Place): Generator<Place> {
  yield place;
  if (typeof value !== "object" || value === null) return;
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  for (const key of keys) yield* placesIn((value as Record<string, unknown>)[key], [...place, key]);
}

function replaced(json: unknown, place: Place, kind: unknown): unknown {
  const [key, ...rest] = place;
  if (key === undefined) return kind;
  const copy = (Array.isArray(json) ? [...json] : { ...(json as object) }) as Record<
    string,
    unknown
  >;
  const item = replaced(copy[key], rest, kind);
  if (item !== undefined) copy[key] = item;
  else if (Array.isArray(copy)) copy.splice(Number(key), 1);
  else delete copy[key];
  return copy;
}

/** Gives the manifest the size and the sum of a file. */
function certify(folder: string, file: string): void {
  const path = join(folder, "checkpoint.json");
  const manifest = JSON.parse(readFileSync(path, "utf8"));
  const entry = manifest.files.find((one: { path: string }) => one.path === file);
  entry.bytes = statSync(join(folder, file)).size;
  entry.crc32 = crc32(readFileSync(join(folder, file)));
  writeFileSync(path, JSON.stringify(manifest));
}
