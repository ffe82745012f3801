import type { LogValue, RunConfig } from "@acc/core";
import { flatten } from "@acc/tracker-kit";
import type { Hparam } from "./event.ts";

/**
 * A configuration as TensorBoard's hparams can hold it: numbers, booleans and strings by path. Lists become
 * JSON, `null` and numbers that are not finite their names, for TensorBoard loses those.
 */
export function flattenConfig(config: RunConfig): Map<string, Hparam> {
  return new Map(flatten(config).map(([key, value]) => [key, toHparam(value)]));
}

function toHparam(value: LogValue): Hparam {
  if (typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (value === null || value === undefined) return "None";
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "bigint") return String(value);
  return JSON.stringify(
    ArrayBuffer.isView(value) ? [...(value as Float32Array)] : value,
    bigintAsText,
  );
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
