import type { LogValue, RunConfig } from "@acc/core/tracker";
import { type Json, leavesOf, pythonNumber, toJson } from "@acc/tracker-kit";
import { nameOf } from "./name-of.ts";
import type { Hyperparameter } from "./task-fields.ts";

/** Hyperparameters of a section by name, nested ones as `a/b`, encoded as the Python client does. */
export function hyperparametersOf(
  values: RunConfig,
  section: string,
): Record<string, Hyperparameter> {
  return Object.fromEntries(
    leavesOf(values).map(([path, value]) => {
      const name = nameOf(path) || "(empty)"; // the server refuses an empty name
      return [name, { section, name, ...encode(value), description: "" }];
    }),
  );
}

function encode(value: LogValue): { readonly value: string; readonly type?: string } {
  if (value === null || value === undefined) return { value: "" };
  if (typeof value === "boolean") return { value: value ? "True" : "False", type: "bool" };
  if (typeof value === "bigint") return { value: String(value), type: "int" };
  if (typeof value === "number") {
    const text = pythonNumber(value);
    return { value: text, type: /^-?\d+$/.test(text) ? "int" : "float" };
  }
  const json = toJson(value);
  if (typeof json === "string") return { value: json, type: "str" };
  return { value: spacedJson(json), type: Array.isArray(json) ? "list" : "dict" };
}

/** JSON with Python's spaces: `[1, "x"]`. */
function spacedJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(spacedJson).join(", ")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value).map(
    ([key, item]) => `${JSON.stringify(key)}: ${spacedJson(item)}`,
  );
  return `{${entries.join(", ")}}`;
}
