/**
 * Prints four medians of alternating rounds: MB per second of our write and of a plain one, milliseconds of our load and of a
 * plain read.
 */
import { closeSync, fsyncSync, mkdirSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median } from "@acc/test-kit/bench/row";
import { CheckpointWriter } from "../../src/checkpoint/files/checkpoint-writer.ts";
import type { Manifest, ManifestFacts } from "../../src/checkpoint/files/manifest.ts";
import { readCheckpoint } from "../../src/checkpoint/files/read-checkpoint.ts";
import type { StoredTensor } from "../../src/checkpoint/files/stored-tensor.ts";

const TENSORS = 24;
const BYTES = 4_000_000;
const ROUNDS = 15;
const FACTS: ManifestFacts = {
  ...{ iteration: 0, steps: 0, samples: 0, epoch: 0, worldSize: 1 },
  ...{ reason: "manual", during: "training" },
};

const folder = mkdtempSync(join(tmpdir(), "acc-bench-"));
const staging = new SharedArrayBuffer(TENSORS * BYTES);
new Uint32Array(staging).forEach((_, index, values) => {
  values[index] = Math.imul(index, 0x9e3779b1); // a disk may compress zeros
});
const tensors = new Map(
  Array.from({ length: TENSORS }, (_, index): [string, StoredTensor] => {
    const bytes = new Uint8Array(staging, index * BYTES, BYTES);
    return [`variable_${index}`, { dtype: "float32", shape: [BYTES / 4], bytes }];
  }),
);
const files = [{ path: "model.safetensors", tensors }];
const writer = new CheckpointWriter(console.error);
const first = join(folder, "checkpoint_0");
const manifest = await writer.write(first, files, FACTS); // starts the thread too

/** The same bytes in the same number of files. */
async function plainWrite(target: string): Promise<void> {
  mkdirSync(target);
  await writeFlushed(join(target, "model.safetensors"), [...tensors.values()].map(bytesOf));
  await writeFlushed(join(target, "checkpoint.json"), [textOf(manifest)]);
}

async function writeFlushed(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const file = await open(path, "wx");
  for (const bytes of parts) await file.write(bytes);
  await file.datasync();
  await file.close();
}

const bytesOf = ({ bytes }: StoredTensor): Uint8Array => bytes;
const textOf = (value: Manifest): Uint8Array => Buffer.from(JSON.stringify(value));

/** What the file system does after a removal belongs to no measurement. */
function remove(target: string): void {
  rmSync(target, { recursive: true, force: true });
  const parent = openSync(folder, "r");
  fsyncSync(parent);
  closeSync(parent);
}

const target = join(folder, "checkpoint_1");
const ways: Readonly<Record<string, () => Promise<unknown>>> = {
  write: () => writer.write(target, files, FACTS),
  plainWrite: () => plainWrite(target),
  load: () => readCheckpoint(first, { isShared: true }),
  plainRead: () => readFile(join(first, "model.safetensors")),
};
const times = Object.keys(ways).map((): number[] => []);
for (let round = 0; round < ROUNDS; round++) {
  for (const [index, way] of Object.values(ways).entries()) {
    const started = performance.now();
    await way();
    times[index]?.push(performance.now() - started);
    remove(target);
  }
}
await writer.close();
rmSync(folder, { recursive: true });
const [write = 0, plain = 0, load = 0, read = 0] = times.map(median);
const speedOf = (ms: number): number => staging.byteLength / 1000 / ms;
console.log(speedOf(write), speedOf(plain), load, read);
