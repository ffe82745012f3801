import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import util from "node:util";
import { backend } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { resolvePackage } from "../resolve-package.ts";

/** The npm packages that bring TensorFlow itself, GPU first. */
export const TENSORFLOW_PACKAGES = {
  "tensorflow-gpu": "@tensorflow/tfjs-node-gpu",
  tensorflow: "@tensorflow/tfjs-node",
} as const;

export type TensorFlowName = keyof typeof TENSORFLOW_PACKAGES;

/**
 * Loads TensorFlow's package in this thread; it registers the tfjs backend `tensorflow`.
 *
 * @returns what the user should know about it, if anything.
 * @throws {AcceleratorError} `BACKEND_UNAVAILABLE` if the package is not installed.
 */
export async function loadTensorFlow(
  name: TensorFlowName,
  scriptUrl: string | undefined,
): Promise<string | undefined> {
  const packageName = TENSORFLOW_PACKAGES[name];
  const url = resolvePackage(packageName, scriptUrl);
  if (!url) {
    throw new AcceleratorError("BACKEND_UNAVAILABLE", `${packageName} is not installed`);
  }
  restoreRemovedUtilities();
  await import(url);
  const { isGPUPackage, isUsingGpuDevice } = backend() as unknown as {
    readonly isGPUPackage: boolean;
    readonly isUsingGpuDevice: boolean;
  };
  return isGPUPackage && !isUsingGpuDevice ? "no GPU was found: it computes on the CPU" : undefined;
}

/**
 * Gets the process ready for replicas that compute with TensorFlow, if it is installed. The host calls it
 * before it starts their threads.
 *
 * TensorFlow reads its number of threads from the environment once per process. Its native addon, if it was
 * built for an older Node.js, cannot be loaded again once every thread that held it has ended: the host
 * keeps it.
 */
export function prepareForTensorFlow(numProcesses: number, scriptUrl: string): void {
  const packages = Object.values(TENSORFLOW_PACKAGES);
  const url = packages.map((name) => resolvePackage(name, scriptUrl)).find(Boolean);
  if (!url) return;
  const share = Math.max(1, Math.floor(availableParallelism() / numProcesses));
  process.env.TF_NUM_INTRAOP_THREADS ??= String(share);
  process.env.TF_NUM_INTEROP_THREADS ??= "1"; // tfjs runs one operation at a time
  try {
    const require = createRequire(url);
    const { find } = require("@mapbox/node-pre-gyp") as { find(manifest: string): string };
    require(find(require.resolve("../package.json")));
  } catch {
    // A broken installation: the replicas find out, and say why if it matters.
  }
}

/** tfjs-node 4.22 calls helpers that newer Node.js no longer has. */
function restoreRemovedUtilities(): void {
  const removed = util as {
    isArray?: (value: unknown) => boolean;
    isNullOrUndefined?: (value: unknown) => boolean;
  };
  removed.isArray ??= Array.isArray;
  removed.isNullOrUndefined ??= (value) => value === null || value === undefined;
}
