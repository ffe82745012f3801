import { readFileSync } from "node:fs";
import { AcceleratorError } from "../errors.ts";
import { launch } from "../host/launch.ts";
import { parseLaunchArguments } from "./launch-arguments.ts";
import { sync } from "./sync.ts";

const USAGE = `Usage: acc launch [options] SCRIPT [arguments of the script]
       acc sync [options] [DIRECTORY]
       acc env [--json]

launch   runs a training script in several replicas, one worker thread each
sync     delivers what trackers have not got of the recordings below a directory (default: the working directory)
env      shows versions, the machine, every backend with its reason, and the trackers installed

Options of launch:
  --num-processes N   number of replicas (default: number of cores)
  --timeout-ms MS     longest wait for the other replicas in a collective (default: 1800000)

Options of sync:
  --tracker NAME      only this tracker
  --list              show recordings, trackers and how much is pending, and deliver nothing
  --watch             go on until Ctrl-C
  --json              for programs
  --timeout-ms MS     give a service up that has taken nothing for so long (default: 60000)

  -h, --help          this text
  -v, --version       version of @acc/core
`;

/** The `acc` command. Resolves with the exit code: 0, 1 after a failure, 2 for wrong usage, 130 after Ctrl-C. */
export async function main(argv: readonly string[]): Promise<number> {
  const [command, ...rest] = argv;
  if (command === undefined || command === "-h" || command === "--help") {
    process.stdout.write(USAGE);
    return command === undefined ? 2 : 0;
  }
  if (command === "-v" || command === "--version") {
    const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
    process.stdout.write(`${(JSON.parse(manifest) as { version: string }).version}\n`);
    return 0;
  }
  if (command === "env") return showEnvironment(rest);
  if (command === "launch" || command === "sync") return runInterruptibly(command, rest);
  process.stderr.write(`acc: unknown command "${command}".\n\n${USAGE}`);
  return 2;
}

async function showEnvironment(argv: readonly string[]): Promise<number> {
  const unknown = argv.find((argument) => argument !== "--json");
  if (unknown !== undefined) {
    process.stderr.write(`acc env: unknown option ${unknown}.\n\n${USAGE}`);
    return 2;
  }
  // Imported only here: it loads TensorFlow.js, which no other command needs on this thread.
  const { describeEnvironment, formatEnvironment } = await import("./environment.ts");
  const environment = await describeEnvironment();
  const text = argv.includes("--json")
    ? `${JSON.stringify(environment, undefined, 2)}\n`
    : formatEnvironment(environment);
  process.stdout.write(text);
  return 0;
}

/** Runs a command that a first Ctrl-C ends in order, and a second at once. */
async function runInterruptibly(
  command: "launch" | "sync",
  argv: readonly string[],
): Promise<number> {
  if (argv[0] === "-h" || argv[0] === "--help") {
    process.stdout.write(USAGE);
    return 0;
  }
  const interrupt = new AbortController();
  const onSignal = (): void => interrupt.abort();
  process.once("SIGINT", onSignal);
  process.once("SIGTERM", onSignal);
  try {
    if (command === "sync") return await sync(argv, interrupt.signal);
    const { script, options } = parseLaunchArguments(argv);
    await launch(script, { ...options, signal: interrupt.signal });
    return 0;
  } catch (error) {
    if (error instanceof AcceleratorError && error.code === "INTERRUPTED") return 130;
    process.stderr.write(`${describe(error)}\n`);
    return 1;
  } finally {
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  }
}

/** Our own errors say what to do, and need no stack; of a script's error the stack is what helps. */
function describe(error: unknown): string {
  if (!(error instanceof AcceleratorError))
    return error instanceof Error ? `${error.stack}` : String(error);
  const { cause, code, message } = error;
  const stack = cause instanceof Error ? `\n${cause.stack}` : "";
  return `acc: [${code}] ${message}${stack}`;
}
