import type { LogValue } from "@acc/core";
import { isNested } from "@acc/tracker-kit";

/**
 * A parameter as Python's `str` writes it, so that runs of both languages can be searched and compared together:
 * `True`, `None`, `[1, 2]`, `1e-05`.
 */
export function pythonText(value: LogValue): string {
  return typeof value === "string" ? value : literal(value);
}

function literal(value: LogValue): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return numberText(value);
  if (typeof value === "bigint") return String(value);
  if (typeof value === "string") return quoted(value);
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? "None" : value.toISOString();
  }
  if (ArrayBuffer.isView(value))
    return `[${Array.from(value as Float32Array, literal).join(", ")}]`;
  if (isNested(value)) {
    const entries = Object.entries(value).map(([key, item]) => `${quoted(key)}: ${literal(item)}`);
    return `{${entries.join(", ")}}`;
  }
  return `[${value.map(literal).join(", ")}]`;
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  // Python turns to exponents below 1e-4, JavaScript below 1e-6.
  const text = value !== 0 && Math.abs(value) < 1e-4 ? value.toExponential() : String(value);
  return text.replace(/e([+-])(\d)$/, "e$10$2");
}

function quoted(text: string): string {
  const escaped = text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  return escaped.includes("'") && !escaped.includes('"')
    ? `"${escaped}"`
    : `'${escaped.replaceAll("'", "\\'")}'`;
}
