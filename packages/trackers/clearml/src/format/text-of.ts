import type { LogValue } from "@acc/core/tracker";
import { type Json, toJson } from "@acc/tracker-kit";

/** A value as a line of the console: text as it is, any other value as JSON. */
export function textOf(value: LogValue): string {
  const json: Json = toJson(value);
  return typeof json === "string" ? json : JSON.stringify(json);
}
