import util from "node:util";
import { backend } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { resolvePackage } from "../resolve-package.ts";
import { TENSORFLOW_PACKAGES, type TensorFlowName } from "./tensorflow-package.ts";

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

/** tfjs-node 4.22 calls helpers that newer Node.js no longer has. */
function restoreRemovedUtilities(): void {
  const removed = util as {
    isArray?: (value: unknown) => boolean;
    isNullOrUndefined?: (value: unknown) => boolean;
  };
  removed.isArray ??= Array.isArray;
  removed.isNullOrUndefined ??= (value) => value === null || value === undefined;
}
