import { AcceleratorError, type ErrorCode } from "../errors.ts";
import { ownVersion } from "../own-version.ts";
import {
  checkpointsListCommand,
  checkpointsPruneCommand,
  checkpointsVerifyCommand,
} from "./checkpoints-commands.ts";
import type { Command } from "./command.ts";
import { configCommand, configDefaultCommand, configUpdateCommand } from "./config-commands.ts";
import { envCommand } from "./env-command.ts";
import { estimateCommand } from "./estimate-command.ts";
import { EXIT } from "./exit-codes.ts";
import { commandHelp, overview } from "./help.ts";
import { launchCommand } from "./launch-command.ts";
import { outliveReaders } from "./outlive-readers.ts";
import { type ParsedArguments, parseArguments } from "./parse-arguments.ts";
import { runsListCommand, runsPruneCommand } from "./runs-commands.ts";
import { syncCommand } from "./sync-command.ts";
import { testCommand } from "./test-command.ts";
import { loadUiCommand, UI_COMMANDS } from "./ui-package.ts";

const COMMANDS: readonly Command[] = [
  ...[launchCommand, configCommand, configDefaultCommand, configUpdateCommand],
  ...[syncCommand, runsListCommand, runsPruneCommand],
  ...[checkpointsListCommand, checkpointsVerifyCommand, checkpointsPruneCommand],
  ...[testCommand, estimateCommand, envCommand],
];
/** What the help shows. */
const SHOWN = [...COMMANDS, ...UI_COMMANDS];

/** The `acc` command. Resolves with the exit code: one of `EXIT`, or that of a script that failed. */
export async function main(argv: readonly string[]): Promise<number> {
  outliveReaders();
  const [name, second] = argv;
  if (name === undefined || name === "-h" || name === "--help") {
    process.stdout.write(overview(SHOWN));
    return name === undefined ? EXIT.usage : EXIT.done;
  }
  if (name === "-v" || name === "--version") {
    process.stdout.write(`${ownVersion()}\n`);
    return EXIT.done;
  }
  const added = UI_COMMANDS.find(({ name: known }) => [name, `${name} ${second}`].includes(known));
  if (added) return await runAdded(added.name, argv);
  const group = SHOWN.filter((candidate) => candidate.name.startsWith(`${name} `));
  const member = COMMANDS.find((candidate) => candidate.name === `${name} ${second}`);
  if (member) return await runCommand(member, argv.slice(2));
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command) return await runCommand(command, argv.slice(1));
  if (group.length > 0 && (second === "-h" || second === "--help")) {
    process.stdout.write(overview(group));
    return EXIT.done;
  }
  const words = group.length > 0 && second !== undefined ? `${name} ${second}` : name;
  const fault = group.length > 0 && second === undefined ? "incomplete" : "unknown";
  process.stderr.write(
    `acc: ${fault} command "${words}".\n\n${overview(group.length > 0 ? group : SHOWN)}`,
  );
  return EXIT.usage;
}

/** Runs a command of another package. */
async function runAdded(name: string, argv: readonly string[]): Promise<number> {
  try {
    const command = await loadUiCommand(name);
    return await runCommand(command, argv.slice(name.split(" ").length));
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`);
    return EXIT.failed;
  }
}

async function runCommand(command: Command, argv: readonly string[]): Promise<number> {
  let parsed: ParsedArguments;
  try {
    parsed = parseArguments(command, argv);
  } catch (error) {
    process.stderr.write(`${describe(error)}\n\n${commandHelp(command)}`);
    return EXIT.usage;
  }
  if (parsed.isHelp) {
    process.stdout.write(commandHelp(command));
    return EXIT.done;
  }
  return await runInterruptibly(command, parsed);
}

/** The first Ctrl-C ends a command gracefully; the second ends the process at once. */
async function runInterruptibly(
  command: Command,
  { values, operands }: ParsedArguments,
): Promise<number> {
  const interrupt = new AbortController();
  const onSignal = (name: NodeJS.Signals): void => interrupt.abort(name);
  process.once("SIGINT", onSignal);
  process.once("SIGTERM", onSignal);
  try {
    return await command.run(values, operands, interrupt.signal);
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`);
    if (!(error instanceof AcceleratorError)) return EXIT.failed;
    return error.exitCode ?? EXIT_OF[error.code] ?? EXIT.failed;
  } finally {
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  }
}

/** What failed in a script has a code of its own: these come from the options of the command. */
const EXIT_OF: Readonly<Partial<Record<ErrorCode, number>>> = {
  INTERRUPTED: EXIT.interrupted,
  OPTION_INVALID: EXIT.usage,
  NUM_PROCESSES_INVALID: EXIT.usage,
};

/** Our own errors say what to do and need no stack; for an error of the script the stack is needed. */
function describe(error: unknown): string {
  if (!(error instanceof AcceleratorError))
    return error instanceof Error ? `${error.stack}` : String(error);
  const { cause, code, message } = error;
  const stack = cause instanceof Error ? `\n${cause.stack}` : "";
  return `acc: [${code}] ${message}${stack}`;
}
