import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { StoredTensor } from "../../../src/checkpoint/files/stored-tensor.ts";
import { readTensors, writeTensors } from "../../../src/checkpoint/files/tensor-file.ts";
import { askPython, hasPython, sha256, summaryOf } from "./ask-python.ts";
import { allTypes, codeOfError, scratch } from "./samples.ts";

const test = suite("safetensors of Python");

/** Header without its metadata and padding, and the sum of the data. */
function partsOf(path: string): readonly [header: string, data: string] {
  const file = readFileSync(path);
  const end = 8 + Number(file.readBigUInt64LE());
  const header = file.toString("utf8", 8, end).trimEnd();
  return [withoutMetadata(header), sha256(file.subarray(end))];
}

function withoutMetadata(header: string): string {
  return header.replace(/^\{"__metadata__":\{(?:"(?:[^"\\]|\\.)*":"(?:[^"\\]|\\.)*",?)*\},?/, "{");
}

const tensor = fc
  .record({
    dtype: fc.constantFrom("float32", "int32", "bool", "complex64" as const),
    shape: fc.array(fc.nat(4), { maxLength: 3 }),
  })
  .map(({ dtype, shape }): StoredTensor => {
    const size = { float32: 4, int32: 4, bool: 1, complex64: 8 }[dtype];
    const bytes = new Uint8Array(shape.reduce((product, length) => product * length, size));
    return { dtype, shape, bytes: bytes.map((_, index) => (dtype === "bool" ? index % 2 : index)) };
  });
const name = fc
  .string({ unit: "binary", maxLength: 8 })
  .filter((text) => !/\p{Surrogate}/u.test(text));
const sets = fc.uniqueArray(fc.tuple(name, tensor), { selector: ([key]) => key, maxLength: 12 });

if (hasPython) {
  test("Python reads what we wrote, and would have written the same bytes", async () => {
    const folder = scratch();
    const samples = [[...allTypes()], ...fc.sample(sets, { numRuns: 300, seed: 14 })];
    const paths = samples.map((_, index) => join(folder, `${index}.safetensors`));
    for (const [index, entries] of samples.entries()) {
      await writeTensors(paths[index] as string, new Map(entries));
    }
    for (const [index, answer] of askPython(paths).entries()) {
      assert.is(answer.error, undefined);
      assert.equal(answer.tensors, summaryOf(samples[index] ?? []));
      assert.is(answer.metadata.format, "tf");
      const ours = partsOf(paths[index] as string);
      assert.equal([withoutMetadata(answer.header), answer.data], ours);
    }
  });

  test("we read what Python wrote", async () => {
    const folder = scratch();
    const path = join(folder, "a.safetensors");
    await writeTensors(path, allTypes());
    askPython([path]);
    const { tensors, metadata } = await readTensors(`${path}.again`);
    assert.equal(Object.fromEntries(tensors), Object.fromEntries(allTypes()));
    assert.equal(metadata, { format: "np" });
  });

  test("both refuse the same headers", async () => {
    const folder = scratch();
    mkdirSync(folder);
    const source = join(folder, "source.safetensors");
    await writeTensors(source, allTypes());
    const whole = readFileSync(source);
    const end = 8 + Number(whole.readBigUInt64LE());
    const changes = fc.array(fc.tuple(fc.nat(end - 1), fc.integer({ min: 32, max: 126 })), {
      ...{ minLength: 1, maxLength: 3 },
    });
    const paths = fc.sample(changes, { numRuns: 10_000, seed: 14 }).map((list, index) => {
      const bytes = Buffer.from(whole);
      for (const [at, value] of list) bytes[at] = value;
      const path = join(folder, `${index}.safetensors`);
      writeFileSync(path, bytes);
      return path;
    });
    const answers = askPython(paths);
    const surprises: string[] = [];
    for (const [index, path] of paths.entries()) {
      const code = await codeOfError(() => readTensors(path));
      const error = answers[index]?.error;
      // `0.0` is the number 0 in JavaScript, and no index in Rust; `0.16` is an index in neither.
      const isRead = error === undefined || /floating point `\d+\.0`/.test(error);
      // A type that only Python knows is refused by us, with a code of its own.
      if (code !== "CHECKPOINT_TOO_NEW" && isRead !== (code === "no error")) {
        surprises.push(`${path}: ${code}, ${error}`);
      }
    }
    assert.equal(surprises, []);
  });
} else {
  console.log("Skipped: 1. Install the peers with npm run test:peers.");
}

test.run();
