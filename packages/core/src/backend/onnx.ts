import { AcceleratorError } from "../errors.ts";
import { resolvePackage } from "../resolve-package.ts";

/** The npm package with the tfjs backend on ONNX Runtime. */
export const ONNX_PACKAGE = "@acc/backend-onnx";

/** The exports of the package that core calls. */
export type BackendModule = {
  /**
   * Opens ONNX Runtime in this thread and describes it in a line.
   *
   * @throws {AcceleratorError} `BACKEND_UNAVAILABLE` with everything that was tried.
   */
  readonly describeBackend: () => string;
};

/**
 * Loads the package in this thread, which registers the tfjs backend `onnx`, and opens ONNX Runtime.
 *
 * @returns the version of ONNX Runtime and how it is called.
 * @throws {AcceleratorError} `BACKEND_UNAVAILABLE` if the package or its native library is not there.
 */
export async function loadOnnx(scriptUrl: string | undefined): Promise<string> {
  const url = resolvePackage(ONNX_PACKAGE, scriptUrl);
  if (!url) {
    throw new AcceleratorError("BACKEND_UNAVAILABLE", `${ONNX_PACKAGE} is not installed`);
  }
  const { describeBackend } = (await import(url)) as BackendModule;
  return describeBackend();
}

const THREADS = "ACC_ONNX_THREADS";
let ownShare: string | undefined;

/** The number of threads that each replica will use: what the user has set, or its share of the cores. */
export function threadsOfReplica(share: number): number {
  const set = process.env[THREADS];
  const threads = set === undefined || set === ownShare ? share : Number(set);
  return Number.isInteger(threads) && threads > 0 ? threads : share;
}

/**
 * Gives each replica its share of the cores, unless the user has set the number of threads. The host calls it before it
 * starts the replicas.
 */
export function shareCores(share: number): void {
  if (process.env[THREADS] !== ownShare) return;
  ownShare = String(share);
  process.env[THREADS] = ownShare;
}
