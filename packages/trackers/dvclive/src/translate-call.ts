import type { LogContext, LogValue } from "@acc/core/tracker";
import { unknownCall } from "@acc/tracker-kit";
import type { Scalar } from "./format/metric-table.ts";
import type { OperationBuilder } from "./operation-builder.ts";

/** The calls that `Live` posts. @throws {AcceleratorError} `VALUE_INVALID` for a call that `Live` does not have. */
export function translateCall(
  builder: OperationBuilder,
  method: string,
  args: readonly LogValue[],
  context: LogContext,
): void {
  const [first, second] = args;
  switch (method) {
    case "logMetric":
      builder.metric(String(first), second as Scalar, context);
      break;
    case "logPlot":
      builder.plot(String(first), second, context.options ?? {});
      break;
    case "setStep":
      builder.setStep(Number(first));
      break;
    case "nextStep":
      builder.nextStep();
      break;
    case "sync":
      builder.sync();
      break;
    case "end":
      builder.end();
      break;
    default:
      throw unknownCall("The DVCLive run", method);
  }
}
