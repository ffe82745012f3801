import type { LogContext, LogValue } from "@acc/core/tracker";
import { flatten, isNested, type Json, toJson, unknownCall } from "@acc/tracker-kit";
import type { OperationBuilder } from "./operation-builder.ts";

/**
 * The calls that `CometExperiment` posts. A step in such a call comes from the logged values, so Comet gets it as
 * auto-logged.
 *
 * @throws {AcceleratorError} `VALUE_INVALID` for a call that the experiment does not have.
 */
export function translateCall(
  builder: OperationBuilder,
  method: string,
  args: readonly LogValue[],
  context: LogContext,
): void {
  const [first, second] = args;
  const { epoch, context: group, metadata } = context.options ?? {};
  builder.setStep(context.step, method === "setStep" ? "manual" : "auto-logged");
  builder.setEpoch(epoch, method === "setEpoch" ? "manual" : "auto-logged");
  switch (method) {
    case "logMetric":
      builder.value(textOf(first), second, groupOf(group));
      break;
    case "logMetrics":
      // Sorted as Comet's client sends them.
      for (const [name, value] of flatten(objectOf(first)).sort(byName)) {
        builder.value(name, value, groupOf(group));
      }
      break;
    case "logParameter":
      builder.parameters({ [textOf(first)]: second }, context.step ?? null);
      break;
    case "logParameters":
      builder.parameters(objectOf(first), context.step ?? null);
      break;
    case "logOther":
      builder.other(textOf(first), second);
      break;
    case "logOthers":
      for (const [key, value] of Object.entries(objectOf(first))) builder.other(key, value);
      break;
    case "logText":
      builder.text(textOf(first), isNested(metadata) ? jsonObject(metadata) : null);
      break;
    case "logAssetData": {
      const text = typeof first === "string" ? first : JSON.stringify(toJson(first));
      builder.asset(textOf(second), { bytes: Buffer.from(text) }, {});
      break;
    }
    case "addTags":
      builder.tags(Array.isArray(first) ? first.map(textOf) : []);
      break;
    case "setName":
      builder.other("Name", textOf(first));
      break;
    case "setStep":
    case "setEpoch":
    case "end":
      break;
    default:
      throw unknownCall("The Comet experiment", method);
  }
}

function textOf(value: LogValue): string {
  return typeof value === "string" ? value : String(toJson(value));
}

function objectOf(value: LogValue): { readonly [key: string]: LogValue } {
  return isNested(value) ? value : {};
}

function groupOf(value: LogValue): string | null {
  return typeof value === "string" ? value : null;
}

function jsonObject(value: { readonly [key: string]: LogValue }): { readonly [key: string]: Json } {
  return toJson(value) as { readonly [key: string]: Json };
}

function byName([a]: [string, LogValue], [b]: [string, LogValue]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
