import type { LogValue, RunConfig } from "@acc/core";
import { isNested, type Json, toJson } from "@acc/tracker-kit";
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

/** The values that nested values end in, by path. An empty object is a value. */
export function leavesOf(values: { readonly [key: string]: LogValue }): [string, LogValue][] {
  return Object.entries(values).flatMap(([key, value]): [string, LogValue][] =>
    isNested(value) && Object.keys(value).length > 0
      ? leavesOf(value).map(([path, leaf]) => [`${key}/${path}`, leaf])
      : [[key, value]],
  );
}

function encode(value: LogValue): { readonly value: string; readonly type?: string } {
  if (value === null || value === undefined) return { value: "" };
  if (typeof value === "boolean") return { value: value ? "True" : "False", type: "bool" };
  if (typeof value === "bigint") return { value: String(value), type: "int" };
  if (typeof value === "number") {
    return { value: pythonNumber(value), type: Number.isSafeInteger(value) ? "int" : "float" };
  }
  const json = toJson(value);
  if (typeof json === "string") return { value: json, type: "str" };
  return { value: spacedJson(json), type: Array.isArray(json) ? "list" : "dict" };
}

function pythonNumber(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? "inf" : "-inf";
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
