import type { Call } from "../record/call.ts";
import type { Trace } from "../record/trace.ts";

/** The calls of a trace with neighbours joined where ONNX Runtime computes them together. */
export function fuse({ calls }: Trace): readonly Call[] {
  return calls;
}
