import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, resolve } from "node:path";
import { AcceleratorError, messageOf } from "../errors.ts";
import { makeFolder } from "../make-folder.ts";
import { checkOptions } from "../options/check-options.ts";
import { writeWhole } from "../write-whole.ts";
import { defaultConfigPath } from "./config-path.ts";
import { CONFIG_KEYS, type LaunchConfig } from "./launch-config.ts";

export type BasicConfigOptions = {
  /** The file; by default the one that `acc launch` reads when none is named. */
  readonly path?: string;
  /** Number of replicas; the number of cores by default. */
  readonly numProcesses?: number;
};

/**
 * Writes a configuration for this machine, without questions, and leaves one that is there already as it is.
 *
 * @returns the path of the file, or undefined where one was there.
 * @throws {AcceleratorError} `OPTION_INVALID`; `CONFIG_INVALID` if the file system refuses.
 */
export async function writeBasicConfig(
  options: BasicConfigOptions = {},
): Promise<string | undefined> {
  checkOptions<BasicConfigOptions>("writeBasicConfig", options, {
    path: "string",
    numProcesses: { integerFrom: 1 },
  });
  const { path = defaultConfigPath(), numProcesses = availableParallelism() } = options;
  return (await writeConfig(path, { numProcesses }, { replace: false })) ? path : undefined;
}

/**
 * Writes a configuration as YAML. Accelerate reads it too, unless it has members that only we know.
 *
 * @returns whether it was written: false where a file is there that may not be replaced.
 * @throws {AcceleratorError} `CONFIG_INVALID` if the file system refuses.
 */
export async function writeConfig(
  path: string,
  config: LaunchConfig,
  { replace }: { readonly replace: boolean },
): Promise<boolean> {
  try {
    await makeFolder(dirname(resolve(path)));
    const text = await yamlOf(config);
    if (!replace) return await writeNew(path, text);
    await writeWhole(path, [Buffer.from(text)]);
    return true;
  } catch (error) {
    throw new AcceleratorError(
      "CONFIG_INVALID",
      `The configuration ${path} could not be written: ${messageOf(error)}.`,
    );
  }
}

/** @returns false where a file is there. */
async function writeNew(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function yamlOf(config: LaunchConfig): Promise<string> {
  const { stringify } = await import("yaml");
  const own = Object.entries(CONFIG_KEYS)
    .map(([name, option]) => [name, config[option]] as const)
    .filter(([, value]) => value !== undefined);
  const members = {
    compute_environment: "LOCAL_MACHINE",
    debug: false,
    distributed_type: config.numProcesses === 1 ? "NO" : "MULTI_CPU",
    num_machines: 1,
    use_cpu: true,
    ...Object.fromEntries(own),
  };
  return `# Read by acc launch, whose options go first.\n${stringify(members, { version: "1.1" })}`;
}
