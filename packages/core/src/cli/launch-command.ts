import { GRACE_MS } from "../collective/supervision.ts";
import type { LaunchConfig } from "../config/launch-config.ts";
import { AcceleratorError } from "../errors.ts";
import { launch } from "../launch/launch.ts";
import { launchedTogether } from "../launched-together.ts";
import type { Command, OptionValues } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import { HOST_OPTIONS, hostArguments, launchOnHosts, requireMpi } from "./launch-mpi.ts";
import { launchSettings, SETTING_OPTIONS } from "./launch-settings.ts";
import { isSupervised, reportToParent, runWithRestarts } from "./restarts.ts";

/** `acc launch`: everything after the script belongs to the script. */
export const launchCommand: Command = {
  name: "launch",
  summary: "runs a training script in several replicas, one worker thread each",
  operands: "SCRIPT [arguments of the script]",
  passesArguments: true,
  options: {
    ...SETTING_OPTIONS,
    ...HOST_OPTIONS,
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
    if (script === undefined) {
      throw new AcceleratorError("OPTION_INVALID", "acc launch: missing SCRIPT.");
    }
    if (values.resume === "") {
      throw new AcceleratorError(
        "OPTION_INVALID",
        'acc launch: --resume needs "latest" or the folder of a checkpoint.',
      );
    }
    // A process that restarts this one has read the file, and has told what it says.
    const settings = await launchSettings("launch", values, !isSupervised());
    const { maxRestarts, ...options } = settings;
    const isHost = launchedTogether(process.env) > 1;
    if (isHost) requireOneAttempt(values);
    const argv = [...optionText(options, values), script, ...args];
    if (maxRestarts !== undefined && !isHost && !isSupervised()) {
      return await runWithRestarts([...hostArguments(values), ...argv], { maxRestarts, signal });
    }
    if (values.mpi === true) {
      return await launchOnHosts(argv, values, { signal, graceMs: options.graceMs ?? GRACE_MS });
    }
    requireMpi(values);
    if (values.resume !== undefined) process.env.ACC_RESUME = String(values.resume);
    await launch(script, {
      ...{ args, signal, saveSignal: "SIGUSR1", explainSignal: "SIGUSR2" },
      ...{ monitor: reportToParent(), ...options },
    });
    return EXIT.done;
  },
};

/** A host cannot start again alone: the others are in the middle of the run. */
function requireOneAttempt(values: OptionValues): void {
  const option = ["mpi", "max-restarts"].find((name) => values[name] !== undefined);
  if (option === undefined) return;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `acc launch: mpiexec has started this process, so it cannot take --${option}. Let acc start the hosts: acc launch --mpi --hosts A,B ` +
      "--max-restarts N SCRIPT.",
  );
}

/** The options for a process that runs the script once. */
function optionText(
  { debug, ...numbers }: Omit<LaunchConfig, "maxRestarts">,
  { resume }: OptionValues,
): string[] {
  const named = Object.entries(numbers).map(([name, value]) => `--${hyphenated(name)}=${value}`);
  return [
    ...named,
    ...(debug ? ["--debug"] : []),
    ...(resume === undefined ? [] : [`--resume=${resume}`]),
  ];
}

/** `timeoutMs` as `timeout-ms`. */
function hyphenated(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
