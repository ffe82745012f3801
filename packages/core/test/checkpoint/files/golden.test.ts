import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readCheckpoint } from "../../../src/checkpoint/files/read-checkpoint.ts";
import { allTypes, FACTS, float32 } from "./samples.ts";

const test = suite("checkpoints of earlier versions");

/** Written by version 1 of the format. Never write it anew: add one of each later version beside it. */
test("version 1 is read", async () => {
  const path = fileURLToPath(new URL("./fixtures/version-1/checkpoint_7", import.meta.url));
  const { manifest, tensors, metadata, json } = await readCheckpoint(path);
  const { id, createdMs, files, format, version, attempt, ...facts } = manifest;
  assert.equal(facts, {
    ...{ ...FACTS, iteration: 7, requires: ["midWindow"] },
    parent: "f6a5d6a2-3f64-4d06-8f8e-8d2f4f2d1c10",
    metrics: { val_loss: 0.25, perplexity: Number.POSITIVE_INFINITY, accuracy: Number.NaN },
    details: { script: "train.ts", draws: Uint32Array.of(1, 2) },
  });
  assert.equal([format, version, attempt, files.length], ["acc-checkpoint", 1, 0, 3]);
  assert.ok(id.length === 36 && createdMs > 1.7e12);
  const weights = float32(Array.from({ length: 20 }, (_, index) => 7 + index));
  assert.equal(tensors("model.safetensors"), new Map([["w", weights]]));
  assert.equal(tensors("optimizer.safetensors"), allTypes());
  assert.is(metadata("optimizer.safetensors").optimizer, "adam");
  const state = { seed: 7, best: Number.POSITIVE_INFINITY, draws: Uint32Array.of(7) };
  assert.equal(json("state.json"), state);
});

test.run();
