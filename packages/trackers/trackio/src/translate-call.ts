import type { DeliveredEvent, LogValues } from "@acc/core/tracker";
import { unknownCall } from "@acc/tracker-kit";
import type { AlertLevel } from "./format/record.ts";
import type { OperationBuilder } from "./operation-builder.ts";

/** Arguments of the calls that `Run` posts, by method; `end` is what `finish` of the tracker records. */
export type RunCalls = {
  logSystem: [metrics: LogValues];
  alert: [title: string, text: string | null, level: AlertLevel];
  end: [];
};

type Call = { [M in keyof RunCalls]: { method: M; args: RunCalls[M] } }[keyof RunCalls];

/** @throws {AcceleratorError} `VALUE_INVALID` for a call that `Run` does not have. */
export function translateCall(
  builder: OperationBuilder,
  { method, args, context, sequence }: Extract<DeliveredEvent, { type: "call" }>,
): void {
  const call = { method, args } as unknown as Call;
  switch (call.method) {
    case "logSystem":
      builder.system(call.args[0], context, sequence);
      break;
    case "alert": {
      const [title, text, level] = call.args;
      builder.alert({ title, text, level }, context, sequence);
      break;
    }
    case "end":
      builder.end();
      break;
    default:
      call satisfies never;
      throw unknownCall("The Trackio run", method);
  }
}
