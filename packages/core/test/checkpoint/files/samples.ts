import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ManifestFacts } from "../../../src/checkpoint/files/manifest.ts";
import type { CheckpointFile } from "../../../src/checkpoint/files/prepare-file.ts";
import type { StoredTensor } from "../../../src/checkpoint/files/stored-tensor.ts";

export function scratch(): string {
  return join(mkdtempSync(join(tmpdir(), "acc-checkpoint-")), "checkpoints");
}

export function float32(values: readonly number[], shape = [values.length]): StoredTensor {
  return { dtype: "float32", shape, bytes: new Uint8Array(Float32Array.from(values).buffer) };
}

/** One of every type, a scalar, an empty one, and a name that no other tool expects. */
export function allTypes(): Map<string, StoredTensor> {
  return new Map<string, StoredTensor>([
    ["dense/kernel", float32([1.5, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e-45, 3], [2, 3])],
    ["10", { dtype: "int32", shape: [2], bytes: new Uint8Array(Int32Array.of(-1, 7).buffer) }],
    ["mask", { dtype: "bool", shape: [3], bytes: Uint8Array.of(1, 0, 1) }],
    ["scalar", float32([42], [])],
    ["2", float32([], [0, 4])],
    ['größe \u{1f600}\n"', { ...float32([1, 2, 3, 4]), dtype: "complex64", shape: [2, 1] }],
    ["\uffee", float32([5])],
    ["__proto__", float32([6])],
  ]);
}

export const FACTS: ManifestFacts = {
  ...{ iteration: 0, steps: 10, samples: 320, epoch: 1, worldSize: 2, globalBatch: 32 },
  ...{ reason: "manual", during: "training", run: "run-1", writtenBy: { core: "0.1.0" } },
};

/** Checkpoint files whose content depends on a number. */
export function sampleFiles(seed: number, values = 1000): CheckpointFile[] {
  const weights = Array.from({ length: values }, (_, index) => seed + index);
  return [
    { path: "model.safetensors", tensors: new Map([["w", float32(weights)]]) },
    { path: "optimizer.safetensors", tensors: allTypes(), metadata: { optimizer: "adam" } },
    {
      path: "state.json",
      json: { seed, best: Number.POSITIVE_INFINITY, draws: Uint32Array.of(seed) },
    },
  ];
}

/** The code of the error that a call throws. */
export async function codeOfError(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  return "no error";
}
