import { availableParallelism } from "node:os";
import { AcceleratorError } from "../errors.ts";
import { resolvePackage } from "../resolve-package.ts";

/** The npm package that brings ONNX Runtime as a tfjs backend. */
export const ONNX_PACKAGE = "@acc/backend-onnx";

/**
 * Loads the package in this thread; it registers the tfjs backend `onnx`.
 *
 * @returns the version of ONNX Runtime and how it is called.
 * @throws {AcceleratorError} `BACKEND_UNAVAILABLE` if the package or its native library is not there.
 */
export async function loadOnnx(scriptUrl: string | undefined): Promise<string> {
  const url = resolvePackage(ONNX_PACKAGE, scriptUrl);
  if (!url) {
    throw new AcceleratorError("BACKEND_UNAVAILABLE", `${ONNX_PACKAGE} is not installed`);
  }
  const { description } = (await import(url)) as { readonly description: string };
  return description;
}

const THREADS = "ACC_ONNX_THREADS";
let ownShare: string | undefined;

/** Divides the cores among the replicas, unless the user did. The host calls it before it starts them. */
export function shareCores(numProcesses: number): void {
  if (process.env[THREADS] !== ownShare) return;
  ownShare = String(Math.max(1, Math.floor(availableParallelism() / numProcesses)));
  process.env[THREADS] = ownShare;
}
