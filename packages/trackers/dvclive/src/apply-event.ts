import type { DeliveredEvent, LogValue } from "@acc/core";
import type { LiveRecording } from "./live-recording.ts";
import type { Scalar } from "./metric-table.ts";

/** Records one event. @param endsStep whether a call of `log` ends a step. */
export function applyEvent(
  event: DeliveredEvent,
  recording: LiveRecording,
  endsStep: boolean,
): void {
  switch (event.type) {
    case "config":
      recording.logParams(event.values);
      break;
    case "metrics":
      recording.log(event.values, event.context, endsStep);
      break;
    case "images":
      recording.logImages(event.values, event.context);
      break;
    case "tables":
      recording.logTables(event.values, event.context);
      break;
    case "artifact":
      recording.logArtifact(event.artifact, event.context);
      break;
    case "call":
      applyCall(event, recording);
      break;
    default:
      event satisfies never;
  }
}

/** The calls that `Live` posts. */
function applyCall(
  { method, args, context }: DeliveredEvent & { type: "call" },
  recording: LiveRecording,
): void {
  const [first, second] = args;
  switch (method) {
    case "logMetric":
      recording.logMetric(String(first), second as Scalar, context);
      break;
    case "logPlot":
      recording.logPlot(String(first), second, context.options ?? {});
      break;
    case "setStep":
      recording.setStep(Number(first));
      break;
    case "nextStep":
      recording.nextStep();
      break;
    case "sync":
      recording.sync();
      break;
    case "end":
      recording.end();
      break;
    default:
      throw new Error(`DVCLive has no call ${method}${describe(args)}`);
  }
}

function describe(args: readonly LogValue[]): string {
  return `(${args.map((value) => typeof value).join(", ")})`;
}
