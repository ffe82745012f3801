import { backend } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { resolvePackage } from "../resolve-package.ts";
import { restoreRemovedUtilities } from "./removed-utilities.ts";
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
