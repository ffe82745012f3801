/** What the official safetensors of Python finds in our files. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { pythonOf } from "@acc/test-kit/peers/python";
import * as assert from "uvu/assert";
import type { StoredTensor } from "../../../src/checkpoint/files/stored-tensor.ts";

const python = pythonOf("packages/core/test/fixtures/requirements-safetensors.txt");
const script = fileURLToPath(new URL("./fixtures/read.py", import.meta.url));

/** Types of NumPy have the names of ours. A tensor by its type, its shape and the digest of its bytes. */
type Summary = Readonly<Record<string, readonly [dtype: string, shape: number[], sha256: string]>>;

type Answer = {
  readonly error?: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly header: string;
  readonly data: string;
  readonly tensors: Summary;
};

export const hasPython = python !== undefined;

export function askPython(paths: readonly string[]): Answer[] {
  const { stdout, stderr, status } = spawnSync(python ?? "", [script], {
    ...{ input: JSON.stringify(paths), timeout: 120_000, maxBuffer: 1 << 28, encoding: "utf8" },
  });
  assert.is(status, 0, stderr);
  return JSON.parse(stdout);
}

export const sha256 = (bytes: Uint8Array): string =>
  createHash("sha256").update(bytes).digest("hex");

/** What Python should find. */
export function summaryOf(tensors: Iterable<readonly [string, StoredTensor]>): Summary {
  return Object.fromEntries(
    Array.from(tensors, ([key, { dtype, shape, bytes }]) => [
      key,
      [dtype, [...shape], sha256(bytes)] as const,
    ]),
  );
}
