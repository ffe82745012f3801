import { defaultConfigPath } from "../config/config-path.ts";
import type { LaunchConfig } from "../config/launch-config.ts";
import { readConfig } from "../config/read-config.ts";
import { AcceleratorError } from "../errors.ts";
import type { CommandOption, OptionValues } from "./command.ts";
import { numberOption } from "./parse-arguments.ts";
import { printWarning } from "./terminal.ts";

/** The options that a configuration file may also give. */
export const SETTING_OPTIONS: { readonly [name: string]: CommandOption } = {
  "config-file": {
    ...{ type: "string", value: "FILE" },
    help: "YAML or JSON of acc config or accelerate config (default: that of acc config, if there is one)",
  },
  "num-processes": {
    ...{ type: "string", value: "N" },
    help: "number of replicas (default: number of cores)",
  },
  "timeout-ms": {
    ...{ type: "string", value: "MS" },
    help: "longest wait for the other replicas in a collective (default: 1800000)",
  },
  debug: {
    type: "boolean",
    help: "errors of collectives name the lines of the script; a wait of 10 s is explained",
  },
};

const NUMBERS = {
  "num-processes": "numProcesses",
  "timeout-ms": "timeoutMs",
  "grace-ms": "graceMs",
  "watchdog-ms": "watchdogMs",
  "max-restarts": "maxRestarts",
} as const;

/**
 * The settings of a launch: the command line goes before the configuration file, and that before the defaults of `launch`.
 * What the file asks for and cannot be had is named once, on standard error.
 *
 * @param readsDefault whether the file of `acc config` is read where none is named.
 * @throws {AcceleratorError} `OPTION_INVALID`, `CONFIG_MISSING`, `CONFIG_INVALID`.
 */
export async function launchSettings(
  command: string,
  values: OptionValues,
  readsDefault = true,
): Promise<LaunchConfig> {
  const given = settingsGiven(values);
  const file = await fileOf(values["config-file"], readsDefault);
  if (!file) return given;
  const { path, config, unsupported } = file;
  if (unsupported.length > 0) {
    printWarning(
      `acc ${command}: replicas on the threads of one process leave out what ${path} asks for: ${unsupported.join(", ")}.`,
    );
  }
  const settings = { ...config, ...given };
  if (settings.numProcesses !== -1 || given.numProcesses !== undefined) return settings;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `acc ${command}: num_processes is -1 in ${path}. Pass --num-processes N, or write the number there.`,
  );
}

function settingsGiven(values: OptionValues): LaunchConfig {
  const numbers = Object.entries(NUMBERS)
    .map(([option, name]) => [name, numberOption(values, option)] as const)
    .filter(([, value]) => value !== undefined);
  return {
    ...(Object.fromEntries(numbers) as LaunchConfig),
    ...(values.debug === undefined ? {} : { debug: values.debug === true }),
  };
}

async function fileOf(
  named: string | boolean | undefined,
  readsDefault: boolean,
): Promise<({ path: string } & Awaited<ReturnType<typeof readConfig>>) | undefined> {
  if (named === undefined && !readsDefault) return undefined;
  const path = named === undefined ? defaultConfigPath() : String(named);
  try {
    return { path, ...(await readConfig(path)) };
  } catch (error) {
    const isMissing = error instanceof AcceleratorError && error.code === "CONFIG_MISSING";
    if (isMissing && named === undefined) return undefined;
    throw error;
  }
}
