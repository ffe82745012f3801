import { spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { lockCheckpoints } from "../../../src/checkpoint/files/checkpoint-lock.ts";
import { CheckpointWriter } from "../../../src/checkpoint/files/checkpoint-writer.ts";
import { readCheckpoint } from "../../../src/checkpoint/files/read-checkpoint.ts";
import type { StoredTensor } from "../../../src/checkpoint/files/stored-tensor.ts";
import { codeOfError, FACTS, sampleFiles, scratch } from "./samples.ts";

const test = suite("writer thread");
const fixture = fileURLToPath(new URL("./fixtures/exit-while-writing.ts", import.meta.url));
const preload = import.meta.resolve("@acc/core/register-ts");

test("writes from shared memory in the background, one checkpoint at a time", async () => {
  const writer = new CheckpointWriter(assert.unreachable);
  const folder = scratch();
  const staging = new Float32Array(new SharedArrayBuffer(4 << 20)).fill(7);
  const bytes = new Uint8Array(staging.buffer);
  const shape = [staging.length];
  const tensors = new Map<string, StoredTensor>([["w", { dtype: "float32", shape, bytes }]]);
  const state = { step: 1n, best: Number.NEGATIVE_INFINITY };
  const files = [
    { path: "model.safetensors", tensors },
    { path: "state.json", json: state },
  ];
  const first = writer.write(join(folder, "checkpoint_0"), files, FACTS);
  assert.ok(writer.isBusy);
  const second = (): unknown => writer.write(join(folder, "checkpoint_1"), files, FACTS);
  assert.is(await codeOfError(second), "CHECKPOINT_BUSY");
  await writer.idle();
  assert.not(writer.isBusy);
  const manifest = await first;
  const found = await readCheckpoint(join(folder, "checkpoint_0"));
  assert.equal(found.manifest, manifest);
  assert.equal(found.json("state.json"), state);
  assert.equal(found.tensors("model.safetensors").get("w")?.bytes, new Uint8Array(bytes));
  await writer.write(join(folder, "checkpoint_1"), files, FACTS, { isDurable: false });
  assert.equal(await writer.retain(folder, { totalLimit: 1 }), [join(folder, "checkpoint_0")]);
  await writer.close();
});

test("reports faults with their codes, and works on", async () => {
  const writer = new CheckpointWriter(assert.unreachable);
  const folder = scratch();
  const target = join(folder, "checkpoint_0");
  const write = (files = sampleFiles(1)): unknown => writer.write(target, files, FACTS);
  const call = (): void => {};
  assert.is(await codeOfError(() => write([{ path: "a.json", json: call }])), "VALUE_INVALID");
  assert.is(await codeOfError(() => write([{ path: "../a.json", json: 1 }])), "VALUE_INVALID");
  assert.is(await codeOfError(() => write([{ path: "a.json", json: new Map() }])), "VALUE_INVALID");
  const lock = await lockCheckpoints(folder);
  assert.is(await codeOfError(write), "CHECKPOINT_BUSY");
  await lock.release();
  writeFileSync(target, "a file");
  assert.is(await codeOfError(write), "CHECKPOINT_FAILED");
  assert.is(await codeOfError(() => writer.retain(folder, { totalLimit: 0 })), "OPTION_INVALID");
  await writer.write(join(folder, "checkpoint_1"), sampleFiles(1), FACTS);
  await writer.close();
  assert.is(await codeOfError(write), "CHECKPOINT_FAILED");
  assert.equal(readdirSync(folder).sort(), ["checkpoint_0", "checkpoint_1", "latest.json"]);
});

for (const way of ["exit", "end", "throw"]) {
  test(`a process that ends by ${way} while a checkpoint is written waits for it`, async () => {
    const folder = scratch();
    const args = ["--import", preload, fixture, folder, way];
    const { status, stderr } = spawnSync(process.execPath, args, { timeout: 60_000 });
    assert.is(status, way === "end" ? 0 : 1, String(stderr));
    const { manifest } = await readCheckpoint(join(folder, "checkpoint_0"));
    assert.ok(Number(manifest.files[0]?.bytes) > 32 << 20);
    assert.equal(readdirSync(dirname(folder)), ["checkpoints"]);
  });
}

test.run();
