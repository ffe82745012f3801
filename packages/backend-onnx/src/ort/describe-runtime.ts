import type { Runtime } from "./runtime.ts";

/** One line for reports: the version, the way it is called, and the layout of fast convolutions. */
export function describeRuntime(
  { version, path }: Runtime,
  blockSize: number,
  faults: readonly string[],
): string {
  const way =
    path === "ffi"
      ? "its C interface"
      : `the binding of onnxruntime-node, which copies results (${faults.join("; ")})`;
  const layout =
    blockSize > 0 ? `blocks of ${blockSize} channels` : "no blocked layout for convolutions";
  return `ONNX Runtime ${version} through ${way}, ${layout}`;
}
