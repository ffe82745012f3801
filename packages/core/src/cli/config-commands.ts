import { defaultConfigPath } from "../config/config-path.ts";
import { readConfig } from "../config/read-config.ts";
import { writeBasicConfig, writeConfig } from "../config/write-config.ts";
import type { Command, CommandOption, OptionValues } from "./command.ts";
import { askForConfig } from "./config-questions.ts";
import { EXIT } from "./exit-codes.ts";
import { noOperands, numberOption } from "./parse-arguments.ts";
import { printLines, printWarning } from "./terminal.ts";

const FILE: CommandOption = {
  ...{ type: "string", value: "FILE" },
  help: "the file (default: default_config.yaml in the acc folder of your settings)",
};

/** `acc config`: asks, and writes the answers. */
export const configCommand: Command = {
  name: "config",
  summary: "asks how acc launch shall run scripts, and writes the answers to a file that it reads",
  operands: "",
  options: { "config-file": FILE },
  async run(values, operands, signal) {
    noOperands("config", operands, "; acc config default and acc config update are others");
    const path = pathOf(values);
    const config = await askForConfig(signal);
    await writeConfig(path, config, { replace: true });
    return told(`acc launch reads ${path} from now on${hint(values)}.`);
  },
};

/** `acc config default`: writes a file without asking. */
export const configDefaultCommand: Command = {
  name: "config default",
  summary: "writes such a file without questions; leaves one that is there already",
  operands: "",
  options: {
    "config-file": FILE,
    "num-processes": {
      ...{ type: "string", value: "N" },
      help: "number of replicas (default: number of cores)",
    },
  },
  async run(values, operands) {
    noOperands("config default", operands);
    const path = pathOf(values);
    const numProcesses = numberOption(values, "num-processes");
    const written = await writeBasicConfig({
      path,
      ...(numProcesses === undefined ? {} : { numProcesses }),
    });
    if (written !== undefined) return told(`${path} is written${hint(values)}.`);
    printWarning(
      `acc config default: ${path} is there already and stays as it is. acc config replaces it; --config-file names another one.`,
    );
    return EXIT.failed;
  },
};

/** `acc config update`: a file of Accelerate becomes one of ours. */
export const configUpdateCommand: Command = {
  name: "config update",
  summary: "writes such a file anew with what this version knows, also one of accelerate config",
  operands: "",
  options: { "config-file": FILE },
  async run(values, operands) {
    noOperands("config update", operands);
    const path = pathOf(values);
    const { config, unsupported } = await readConfig(path);
    await writeConfig(path, config, { replace: true });
    const lost = unsupported.length === 0 ? "" : `; left out: ${unsupported.join(", ")}`;
    return told(`${path} is updated${lost}.`);
  },
};

function pathOf(values: OptionValues): string {
  const named = values["config-file"];
  return named === undefined ? defaultConfigPath() : String(named);
}

/** How to use a file that is not the usual one. */
function hint(values: OptionValues): string {
  const named = values["config-file"];
  return named === undefined ? "" : ` with --config-file ${named}`;
}

function told(line: string): number {
  printLines([line]);
  return EXIT.done;
}
