import { readFile } from "node:fs/promises";
import { AcceleratorError, messageOf } from "../errors.ts";
import { checkOptions } from "../options/check-options.ts";
import type { OptionRule } from "../options/option-rule.ts";
import { isPlainObject } from "../plain-object.ts";
import { ACCELERATE_KEYS, unsupportedMembers } from "./accelerate-keys.ts";
import { CONFIG_KEYS, type LaunchConfig } from "./launch-config.ts";

export type ConfigFile = {
  readonly config: LaunchConfig;
  /** What the file asks for and cannot be had here, such as `mixed_precision: fp16`. */
  readonly unsupported: readonly string[];
};

const RULES: Readonly<Record<string, OptionRule>> = {
  // Accelerate writes -1 where the command line is to say it.
  num_processes: { anyOf: [{ oneOf: [-1] }, { integerFrom: 1 }] },
  timeout_ms: { numberFrom: 1 },
  grace_ms: { numberFrom: 0 },
  watchdog_ms: { numberFrom: 1 },
  max_restarts: { integerFrom: 0 },
  debug: "boolean",
  ...Object.fromEntries(Object.keys(ACCELERATE_KEYS).map((name) => [name, "any"])),
};

/**
 * Reads a configuration in YAML or JSON: one of `acc config`, or of Accelerate's own `accelerate config`.
 *
 * @throws {AcceleratorError} `CONFIG_MISSING`; `CONFIG_INVALID` if it cannot be read, has a member that does not exist, or a
 *   value of the wrong type.
 */
export async function readConfig(path: string): Promise<ConfigFile> {
  const members = await parse(path, await readText(path));
  try {
    checkOptions(path, members, RULES);
  } catch (error) {
    throw new AcceleratorError("CONFIG_INVALID", messageOf(error));
  }
  const own = Object.entries(CONFIG_KEYS)
    .map(([name, option]) => [option, members[name]] as const)
    .filter(([, value]) => value !== undefined);
  return {
    config: Object.fromEntries(own) as LaunchConfig,
    unsupported: unsupportedMembers(members),
  };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new AcceleratorError(
      isMissing ? "CONFIG_MISSING" : "CONFIG_INVALID",
      isMissing
        ? `There is no configuration at ${path}. acc config default --config-file ${path} writes one.`
        : `The configuration ${path} cannot be read: ${messageOf(error)}.`,
    );
  }
}

async function parse(path: string, text: string): Promise<Record<string, unknown>> {
  const { parse: parseYaml } = await import("yaml");
  let value: unknown;
  try {
    // Accelerate reads and writes YAML 1.1, where `no` is false.
    value = parseYaml(text, { version: "1.1", prettyErrors: true, logLevel: "error" });
  } catch (error) {
    throw new AcceleratorError(
      "CONFIG_INVALID",
      `The configuration ${path} is no YAML: ${messageOf(error).trimEnd()}`,
    );
  }
  if (isPlainObject(value)) return value;
  throw new AcceleratorError(
    "CONFIG_INVALID",
    `The configuration ${path} must have lines such as "num_processes: 2"; found ${describe(value)}.`,
  );
}

function describe(value: unknown): string {
  if (value === null) return "nothing";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}
