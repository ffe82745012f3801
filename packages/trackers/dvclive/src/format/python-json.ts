import type { LogValue } from "@acc/core/tracker";
import { isNested, isoText, pythonNumber } from "@acc/tracker-kit";

/** A string as Python's `json` writes it: in ASCII only. */
export function pythonString(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * A value as DVCLive writes it to JSON files, with an indent of four. Numbers that are not finite become text, because
 * JSON cannot hold them.
 */
export function pythonJson(value: LogValue, indent = ""): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number" || typeof value === "bigint") {
    const text = pythonNumber(value);
    return typeof value === "number" && !Number.isFinite(value) ? pythonString(text) : text;
  }
  if (typeof value === "string") return pythonString(value);
  if (value instanceof Date) return pythonString(isoText(value));
  const inner = `${indent}    `;
  if (isNested(value)) {
    const members = Object.entries(value).map(
      ([key, item]) => `${pythonString(key)}: ${pythonJson(item, inner)}`,
    );
    return enclose("{", members, "}", indent);
  }
  const items = Array.from(value as LogValue[], (item) => pythonJson(item, inner));
  return enclose("[", items, "]", indent);
}

function enclose(open: string, parts: readonly string[], close: string, indent: string): string {
  if (parts.length === 0) return open + close;
  return `${open}\n${parts.map((part) => `${indent}    ${part}`).join(",\n")}\n${indent}${close}`;
}
