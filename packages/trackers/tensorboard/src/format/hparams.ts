import type { LogValue, RunConfig } from "@acc/core/tracker";
import { flatten, isoText } from "@acc/tracker-kit";
import { stringify } from "yaml";

/** A hyperparameter as TensorBoard can hold it. */
export type Hparam = string | number | boolean;

/**
 * A configuration as TensorBoard's hparams can hold it: numbers, booleans and strings by path. Lists become JSON; `null`
 * and numbers that are not finite become text, because TensorBoard loses them.
 */
export function flattenConfig(config: RunConfig): Map<string, Hparam> {
  return new Map(flatten(config).map(([key, value]) => [key, toHparam(value)]));
}

/** Hparams as the text of `hparams.yml`. */
export function hparamsYaml(hparams: ReadonlyMap<string, Hparam>): string {
  // Readers of YAML 1.1, such as PyYAML, read a number as a float only if it has a point.
  return stringify(Object.fromEntries(hparams)).replaceAll(/^(\S.*: -?\d+)(e[+-]\d+)$/gm, "$1.0$2");
}

function toHparam(value: LogValue): Hparam {
  if (typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (value === null || value === undefined) return "None";
  if (value instanceof Date) return isoText(value);
  if (typeof value === "bigint") return String(value);
  return JSON.stringify(
    ArrayBuffer.isView(value) ? [...(value as Float32Array)] : value,
    bigintAsText,
  );
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
