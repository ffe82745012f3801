import type { LogValue, LogValues } from "@acc/core/tracker";
import { unknownCall } from "@acc/tracker-kit";
import { alertOf } from "./format/alert.ts";
import type { MetricOptions } from "./format/metric-definition.ts";
import type { OperationBuilder } from "./operation-builder.ts";

/** The calls that `WandbRun` posts. @throws {AcceleratorError} `VALUE_INVALID` for a call that it does not have. */
export function translateCall(
  builder: OperationBuilder,
  method: string,
  args: readonly LogValue[],
  sequence: number,
): void {
  const [first, second] = args;
  switch (method) {
    case "summary":
      builder.setSummary(first as LogValues);
      break;
    case "defineMetric":
      builder.define(String(first), (second ?? {}) as MetricOptions);
      break;
    case "alert":
      builder.alert(alertOf(String(sequence), args));
      break;
    case "finish":
      builder.finish(Number(first ?? 0));
      break;
    default:
      throw unknownCall("The W&B run", method);
  }
}
