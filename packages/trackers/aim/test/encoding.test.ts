import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { keyHash } from "../src/format/key-hash.ts";
import { packTree } from "../src/format/pack-tree.ts";
import {
  Blob,
  CustomObject,
  type TreeKey,
  type TreeValue,
  treeObject,
} from "../src/format/tree.ts";
import { unpackTree } from "../src/format/unpack-tree.ts";
import { readSession } from "./read-session.ts";

type Vectors = {
  values: { what: string; hex: string }[];
  paths: { path: (string | number)[]; hex: string }[];
  trees: { what: string; packed: string }[];
  objects: { what: string; packed: string }[];
  context_index: { context: string; idx: string }[];
  hash: { value: string; hash: string }[];
};

const test = suite("Aim's encoding");
const vectors = JSON.parse(
  readFileSync(new URL("./fixtures/vectors/encodings.json", import.meta.url), "utf8"),
) as Vectors;
const hexOf = (value: TreeValue) => Buffer.from(packTree(value)).toString("hex");

/** Whole numbers become int64, as in Python's JSON. */
function fromJson(value: unknown): TreeValue {
  if (typeof value === "number" && Number.isInteger(value)) return BigInt(value);
  if (Array.isArray(value)) return value.map(fromJson);
  if (typeof value === "object" && value !== null) {
    return new Map(
      Object.entries(value).map(([key, item]): [TreeKey, TreeValue] => [key, fromJson(item)]),
    );
  }
  return value as TreeValue;
}

const VALUES: Record<string, TreeValue> = {
  null: null,
  true: true,
  false: false,
  "int 0": 0n,
  "int 1": 1n,
  "int -1": -1n,
  "int 2^53+1": 2n ** 53n + 1n,
  "int -2^63": -(2n ** 63n),
  "int 2^63-1": 2n ** 63n - 1n,
  "float 0.5": 0.5,
  "float 1.0": 1,
  "float -0.0": -0,
  "float NaN": Number.NaN,
  "float Infinity": Number.POSITIVE_INFINITY,
  "float -Infinity": Number.NEGATIVE_INFINITY,
  "string empty": "",
  "string a": "a",
  "string α-γ": "α-γ",
  "bytes 00ff": Uint8Array.of(0, 255),
};

test("packs every type of value as the official library does", () => {
  for (const { what, hex } of vectors.values) {
    assert.ok(what in VALUES, what);
    const packed = hexOf(VALUES[what] as TreeValue);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(hex.length / 2);
    assert.is(packed, `0000000000${length.toString("hex")}${hex}`, what);
  }
});

test("packs every path", () => {
  for (const { path, hex } of vectors.paths) {
    const keys = path.map(
      (key): TreeKey => (typeof key === "number" || /^-?\d{17,}$/.test(key) ? BigInt(key) : key),
    );
    const tree = keys.reduceRight<TreeValue>((inner, key) => new Map([[key, inner]]), null);
    const packed = hexOf(tree);
    assert.is(packed.slice(8, 8 + hex.length), hex, JSON.stringify(path));
    assert.equal(unpackTree(Buffer.from(packed, "hex")), tree);
  }
});

const TREES: Record<string, TreeValue> = {
  'object {"a":1}': fromJson({ a: 1 }),
  "empty object": new Map(),
  "empty array": [],
  null: null,
  '[1,2.5,"x",null,true]': fromJson([1, 2.5, "x", null, true]),
  'nested {"a":{"b":{"c":1}},"d":[]}': fromJson({ a: { b: { c: 1 } }, d: [] }),
  '[{"k":1},{}]': fromJson([{ k: 1 }, {}]),
  "[[1],[2]]": fromJson([[1], [2]]),
  'int keys {5:1,"x":{7:"y"}}': new Map<TreeKey, TreeValue>([
    [5n, 1n],
    ["x", new Map([[7n, "y"]])],
  ]),
  "args of lock(false): [false]": [false],
};

test("packs trees, and unpacks what the library packed", () => {
  for (const { what, packed } of vectors.trees) {
    const read = unpackTree(Buffer.from(packed, "hex"));
    if (what in TREES) assert.equal(read, TREES[what], what);
    assert.is(hexOf(read), packed, what);
  }
  for (const what of Object.keys(TREES)) {
    assert.ok(
      vectors.trees.some((tree) => tree.what === what),
      what,
    );
  }
});

test("packs Aim's own objects", () => {
  const text = (data: string) => new CustomObject("aim.text", { data: new Blob(data) });
  const packedOf = (what: string) => vectors.objects.find((o) => o.what === what)?.packed;
  assert.is(hexOf(text("hi α")), packedOf('Text("hi α")'));
  assert.is(hexOf([text("a"), text("b")]), packedOf('[Text("a"),Text("b")]'));
  for (const { what, packed } of vectors.objects) {
    assert.is(hexOf(unpackTree(Buffer.from(packed, "hex"))), packed, what);
  }
});

test("repeats every message of the official client byte for byte", () => {
  const frames = readSession().filter(({ kind, dir }) => kind === "ws" && dir === ">");
  let compared = 0;
  for (const { hex, instructions } of frames) {
    if (hex === undefined || instructions === undefined) continue;
    assert.is(hexOf(unpackTree(Buffer.from(hex, "hex"))), hex);
    compared += 1;
  }
  assert.ok(compared > 30, String(compared));
});

test("says what is wrong with bytes that end too early", () => {
  const packed = packTree(treeObject({ a: "text", b: [1, 2] }));
  for (let length = 0; length < packed.length; length++) {
    try {
      unpackTree(packed.subarray(0, length));
    } catch (error) {
      assert.instance(error, RangeError);
      continue;
    }
    assert.ok(length > 0); // the bytes ended between two pairs
  }
});

test("hashes keys and contexts as the official library does", () => {
  const special: Record<string, TreeValue> = {
    NaN: Number.NaN,
    Infinity: Number.POSITIVE_INFINITY,
    "-Infinity": Number.NEGATIVE_INFINITY,
    "bytes 00ff": Uint8Array.of(0, 255),
  };
  for (const { value, hash } of vectors.hash) {
    const given = value in special ? special[value] : parse(value);
    assert.is(String(keyHash(given as TreeValue)), hash, value);
  }
  for (const { context, idx } of vectors.context_index) {
    assert.is(String(keyHash(fromJson(JSON.parse(context)))), idx, context);
  }
});

function parse(text: string): TreeValue {
  return /^-?\d+$/.test(text) ? BigInt(text) : fromJson(JSON.parse(text));
}

test.run();
