import { AcceleratorError } from "../errors.ts";
import { launch } from "../launch/launch.ts";
import type { Command, OptionValues } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import { numberOption } from "./parse-arguments.ts";
import { reportToParent, runWithRestarts } from "./restarts.ts";

/** `acc launch`: everything after the script belongs to the script. */
export const launchCommand: Command = {
  name: "launch",
  summary: "runs a training script in several replicas, one worker thread each",
  operands: "SCRIPT [arguments of the script]",
  passesArguments: true,
  options: {
    "num-processes": {
      ...{ type: "string", value: "N" },
      help: "number of replicas (default: number of cores)",
    },
    "timeout-ms": {
      ...{ type: "string", value: "MS" },
      help: "longest wait for the other replicas in a collective (default: 1800000)",
    },
    resume: {
      ...{ type: "string", value: "latest|DIR" },
      help: "the checkpoint that loadState() loads",
    },
    "max-restarts": {
      ...{ type: "string", value: "N" },
      help: "start again from the newest checkpoint after a failure, at most N times without a new one",
    },
    "grace-ms": {
      ...{ type: "string", value: "MS" },
      help: "time to save a checkpoint after Ctrl-C or SIGTERM (default: 25000)",
    },
    "watchdog-ms": {
      ...{ type: "string", value: "MS" },
      help: "end the run if no replica moves for so long (default: off)",
    },
  },
  async run(values, [script, ...args], signal) {
    const options = launchOptions(values);
    const maxRestarts = numberOption(values, "max-restarts");
    if (script === undefined) {
      throw new AcceleratorError("OPTION_INVALID", "acc launch: missing SCRIPT.");
    }
    if (maxRestarts !== undefined) {
      const argv = [...optionText(values), script, ...args];
      return await runWithRestarts(argv, { maxRestarts, signal });
    }
    if (values.resume !== undefined) process.env.ACC_RESUME = String(values.resume);
    await launch(script, {
      ...{ args, signal, saveSignal: "SIGUSR1", monitor: reportToParent() },
      ...options,
    });
    return EXIT.done;
  },
};

const NUMBERS = {
  "num-processes": "numProcesses",
  "timeout-ms": "timeoutMs",
  "grace-ms": "graceMs",
  "watchdog-ms": "watchdogMs",
} as const;

function launchOptions(values: OptionValues): { readonly [name: string]: number } {
  const given = Object.entries(NUMBERS).map(
    ([option, name]) => [name, numberOption(values, option)] as const,
  );
  return Object.fromEntries(
    given.filter((entry): entry is [never, number] => entry[1] !== undefined),
  );
}

/** The options for a process that runs the script once. */
function optionText(values: OptionValues): string[] {
  return Object.entries(values)
    .filter(([name]) => name !== "max-restarts")
    .map(([name, value]) => `--${name}=${value}`);
}
