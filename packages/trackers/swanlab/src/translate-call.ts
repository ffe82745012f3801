import type { LogValue } from "@acc/core/tracker";
import { unknownCall } from "@acc/tracker-kit";
import type { RunState } from "./format/point.ts";
import type { OperationBuilder } from "./operation-builder.ts";

/** The calls that `SwanLabRun` posts. @throws {AcceleratorError} `VALUE_INVALID` for a call that it does not have. */
export function translateCall(
  builder: OperationBuilder,
  method: string,
  args: readonly LogValue[],
  timeMs: number,
): void {
  if (method !== "finish") throw unknownCall("The SwanLab run", method);
  const [state = "finished", error] = args as readonly [RunState?, string?];
  builder.finish(state, error, timeMs);
}
