import type { LogValue } from "@acc/core/tracker";
import { isNested, type Json, toJson } from "@acc/tracker-kit";

/** The configuration in the order in which its keys came. */
export type ConfigEntries = readonly (readonly [key: string, value: Json])[];

/** A value as SwanLab keeps it: NaN and infinities are the texts that its own client writes. */
export function configValue(value: LogValue): Json {
  if (typeof value === "number" && !Number.isFinite(value)) {
    return Number.isNaN(value) ? "NaN" : value > 0 ? "Inf" : "-Inf";
  }
  if (ArrayBuffer.isView(value)) return Array.from(value as Float32Array, configValue);
  if (Array.isArray(value)) return value.map(configValue);
  if (!isNested(value)) return toJson(value);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [String(toJson(key)), configValue(item)]),
  );
}

/** The configuration as the service takes it. */
export function configJson(entries: ConfigEntries): { readonly [key: string]: object } {
  return Object.fromEntries(
    entries.map(([key, value], sort) => [key, { desc: "", sort, value }] as const),
  );
}

/** The configuration as the file `config.yaml`: JSON values are YAML, but for numbers and some characters. */
export function configYaml(entries: ConfigEntries): string {
  const lines = Object.entries(configJson(entries))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, entry]) => `${yamlText(key)}: ${yamlText(entry as Json)}\n`);
  return lines.join("") || "{}\n";
}

function yamlText(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(yamlText).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(
      ([key, item]) => `${yamlText(key)}: ${yamlText(item)}`,
    );
    return `{${members.join(", ")}}`;
  }
  // Readers of YAML 1.1 take 1e-7 for a text, and refuse characters that cannot be printed.
  if (typeof value === "number") return String(value).replace(/^(-?\d+)e/, "$1.0e");
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
