import { createRequire } from "node:module";
import { resolvePackage } from "../resolve-package.ts";

/** The npm packages that contain TensorFlow itself, GPU first. */
export const TENSORFLOW_PACKAGES = {
  "tensorflow-gpu": "@tensorflow/tfjs-node-gpu",
  tensorflow: "@tensorflow/tfjs-node",
} as const;

export type TensorFlowName = keyof typeof TENSORFLOW_PACKAGES;

/**
 * Prepares the process for replicas that compute with TensorFlow, if it is installed. The host calls it
 * before it starts their threads.
 *
 * TensorFlow reads its number of threads from the environment once per process. Its native addon, if it was built for
 * an older Node.js, cannot be loaded again once every thread that held it has ended: so the host keeps it loaded.
 *
 * @param share threads of each replica.
 */
export function prepareForTensorFlow(share: number, scriptUrl: string): void {
  const packages = Object.values(TENSORFLOW_PACKAGES);
  const url = packages.map((name) => resolvePackage(name, scriptUrl)).find(Boolean);
  if (!url) return;
  process.env.TF_NUM_INTRAOP_THREADS ??= String(share);
  process.env.TF_NUM_INTEROP_THREADS ??= "1"; // tfjs runs one operation at a time
  try {
    const require = createRequire(url);
    const { find } = require("@mapbox/node-pre-gyp") as { find(manifest: string): string };
    require(find(require.resolve("../package.json")));
  } catch {
    // A broken installation: the replicas report it if they need the package.
  }
}
