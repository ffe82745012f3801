import { readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { StoredTensor } from "../../../src/checkpoint/files/stored-tensor.ts";
import {
  checkTensors,
  readTensors,
  writeTensors,
} from "../../../src/checkpoint/files/tensor-file.ts";
import { allTypes, codeOfError, float32, scratch } from "./samples.ts";

const test = suite("safetensors");

function fileOf(
  header: string | Uint8Array,
  data: Uint8Array | number = 0,
  length?: bigint,
): string {
  const path = `${scratch()}.safetensors`;
  const text = Buffer.from(header as string);
  const head = Buffer.alloc(8);
  head.writeBigUInt64LE(length ?? BigInt(text.length));
  const bytes = typeof data === "number" ? Buffer.alloc(data) : data;
  writeFileSync(path, Buffer.concat([head, text, bytes]));
  return path;
}

const F32 = '"dtype":"F32"';

const BAD: readonly (readonly [name: string, file: () => string])[] = [
  ["a header length beyond the file", () => fileOf("{}", 0, 50n)],
  ["a header length of 2^64 - 1", () => fileOf("{}", 0, 2n ** 64n - 1n)],
  ["a header of 100 MB", () => fileOf("{}", 0, 100_000_000n)],
  ["a header that is no JSON", () => fileOf("{nonsense")],
  ["a header that is a list", () => fileOf("[]")],
  ["a header that begins with a space", () => fileOf(" {}")],
  [
    "a header that is no UTF-8",
    () => fileOf(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d)),
  ],
  ["bytes behind the tensors", () => fileOf("{}", 1)],
  ["a gap", () => fileOf(`{"a":{${F32},"shape":[1],"data_offsets":[4,8]}}`, 8)],
  [
    "an overlap",
    () =>
      fileOf(
        `{"a":{${F32},"shape":[2],"data_offsets":[0,8]},"b":{${F32},"shape":[2],"data_offsets":[4,12]}}`,
        12,
      ),
  ],
  [
    "offsets in the wrong order",
    () => fileOf(`{"a":{${F32},"shape":[1],"data_offsets":[4,0]}}`, 4),
  ],
  ["three offsets", () => fileOf(`{"a":{${F32},"shape":[1],"data_offsets":[0,4,4]}}`, 4)],
  ["a shape that does not fit", () => fileOf(`{"a":{${F32},"shape":[2],"data_offsets":[0,4]}}`, 4)],
  ["a negative shape", () => fileOf(`{"a":{${F32},"shape":[-1,-1],"data_offsets":[0,4]}}`, 4)],
  ["a huge shape", () => fileOf(`{"a":{${F32},"shape":[1e200,0],"data_offsets":[0,0]}}`)],
  [
    "a huge tensor in a small file",
    () => fileOf(`{"a":{${F32},"shape":[250000000000],"data_offsets":[0,1000000000000]}}`, 4),
  ],
  ["no shape", () => fileOf(`{"a":{${F32},"data_offsets":[0,4]}}`, 4)],
  ["a tensor that is null", () => fileOf('{"a":null}')],
  ["metadata that are not text", () => fileOf('{"__metadata__":{"a":1}}')],
  ["metadata that are a list", () => fileOf('{"__metadata__":[]}')],
  [
    "a name twice",
    () =>
      fileOf(
        `{"a":{${F32},"shape":[0],"data_offsets":[0,0]},"\\u0061":{${F32},"shape":[0],"data_offsets":[0,0]}}`,
      ),
  ],
  [
    "half a surrogate as a name",
    () => fileOf(`{"\\ud800":{${F32},"shape":[0],"data_offsets":[0,0]}}`),
  ],
  ["100 000 brackets", () => fileOf(`{"a":${"[".repeat(1e5)}${"]".repeat(1e5)}}`)],
];

for (const [name, file] of BAD) {
  test(`${name} is refused`, async () => {
    const path = file();
    assert.is(await codeOfError(() => readTensors(path)), "CHECKPOINT_DAMAGED");
    assert.is(await codeOfError(() => checkTensors(path)), "CHECKPOINT_DAMAGED");
  });
}

test("a file of 3 bytes, a missing one and a type that we do not read have codes of their own", async () => {
  const path = fileOf("{}");
  truncateSync(path, 3);
  assert.is(await codeOfError(() => readTensors(path)), "CHECKPOINT_DAMAGED");
  assert.is(await codeOfError(() => readTensors(`${path}x`)), "CHECKPOINT_MISSING");
  const half = fileOf('{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}', 4);
  assert.is(await codeOfError(() => readTensors(half)), "CHECKPOINT_TOO_NEW");
});

test("headers of other writers: any padding, order, and unaligned data", async () => {
  const value = new Uint8Array(Float32Array.of(1.5).buffer);
  const path = fileOf(
    `{"z":{"shape":[1],"data_offsets":[1,5],${F32}},"a":{"dtype":"BOOL","shape":[],"data_offsets":[0,1]}}   `,
    Uint8Array.of(1, ...value),
  );
  const { tensors } = await readTensors(path);
  assert.equal([...tensors.keys()], ["a", "z"]);
  const { buffer, byteOffset } = tensors.get("z")?.bytes ?? new Uint8Array();
  assert.is(new Float32Array(buffer, byteOffset, 1)[0], 1.5);
});

test("what cannot be stored is refused, and nothing is written", async () => {
  const path = join(scratch(), "a.safetensors");
  const bad: readonly [string, object][] = [
    ["a", { ...float32([1]), shape: [2] }],
    ["a", { ...float32([1]), shape: [0.5, 2] }],
    ["a", { ...float32([1]), dtype: "float64" }],
    ["__metadata__", float32([1])],
    ["\ud800", float32([1])],
  ];
  for (const [name, tensor] of bad) {
    const write = (): unknown => writeTensors(path, new Map([[name, tensor as StoredTensor]]));
    assert.is(await codeOfError(write), "VALUE_INVALID");
  }
  assert.equal(readdirSync(dirname(dirname(path))), []);
});

test("any tensors come back as they were, also of more than one piece", async () => {
  const tensor = fc
    .record({
      dtype: fc.constantFrom("float32", "int32", "bool", "complex64" as const),
      shape: fc.array(fc.nat(4), { maxLength: 3 }),
    })
    .map(({ dtype, shape }): StoredTensor => {
      const size = { float32: 4, int32: 4, bool: 1, complex64: 8 }[dtype];
      const bytes = new Uint8Array(shape.reduce((product, length) => product * length, size));
      return { dtype, shape, bytes: bytes.map((_, index) => index * 7) };
    });
  const name = fc
    .string({ unit: "binary", maxLength: 8 })
    .filter((text) => !/\p{Surrogate}/u.test(text));
  const all = fc.uniqueArray(fc.tuple(name, tensor), { selector: ([key]) => key, maxLength: 12 });
  const path = `${scratch()}.safetensors`;
  const property = fc.asyncProperty(all, async (entries) => {
    const written = await writeTensors(path, new Map(entries));
    const { tensors, bytes, crc32 } = await readTensors(path);
    assert.equal([...tensors], entries);
    assert.equal({ bytes, crc32 }, written);
    assert.equal(await checkTensors(path), written);
  });
  await fc.assert(property, { numRuns: 60 });
  const large = new Map([
    ...allTypes(),
    [
      "large",
      { dtype: "bool", shape: [20_000_001], bytes: new Uint8Array(20_000_001).fill(3) } as const,
    ],
  ]);
  await writeTensors(path, large);
  assert.equal((await readTensors(path)).tensors.get("large"), large.get("large"));
});

test("no change of a few bytes makes a reader crash", async () => {
  const source = `${scratch()}.safetensors`;
  await writeTensors(source, allTypes());

  const whole = readFileSync(source);
  const path = `${scratch()}.safetensors`;
  const change = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), {
    minLength: 1,
    maxLength: 4,
  });
  const codes = new Set<string>();
  const property = fc.asyncProperty(change, async (changes) => {
    const bytes = Buffer.from(whole);
    for (const [at, value] of changes) bytes[at] = value;
    writeFileSync(path, bytes);
    codes.add(await codeOfError(() => readTensors(path)));
  });
  await fc.assert(property, { numRuns: 500 });
  const known = ["no error", "CHECKPOINT_DAMAGED", "CHECKPOINT_TOO_NEW"];
  assert.equal(
    [...codes].filter((code) => !known.includes(code)),
    [],
  );
});

test.run();
