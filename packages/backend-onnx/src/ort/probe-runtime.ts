import { probeBlockSize } from "./block-size.ts";
import { type OpenedRuntime, openRuntime } from "./open-runtime.ts";

export type ProbedRuntime = OpenedRuntime & {
  /** Channels per block of the layout for fast convolutions, 0 without it. */
  readonly blockSize: number;
};

let probed: ProbedRuntime | undefined;

/**
 * Opens ONNX Runtime in this thread and finds out what it can do. Later calls return the same result.
 * `ACC_ONNX_LAYOUT=plain` computes convolutions without the blocked layout, as machines without it do.
 *
 * @throws {AcceleratorError} `BACKEND_UNAVAILABLE` with all that was found.
 */
export function probeRuntime(): ProbedRuntime {
  if (probed) return probed;
  const opened = openRuntime();
  const blockSize = process.env.ACC_ONNX_LAYOUT === "plain" ? 0 : probeBlockSize(opened.runtime);
  probed = { ...opened, blockSize };
  return probed;
}
