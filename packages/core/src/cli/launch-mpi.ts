import { AcceleratorError } from "../errors.ts";
import { loadMpiPackage } from "../launch/mpi-package.ts";
import type { CommandOption, OptionValues } from "./command.ts";
import { numberOption } from "./parse-arguments.ts";
import { reportToParent } from "./restarts.ts";

/** The options that choose hosts. */
export const HOST_OPTIONS: { readonly [name: string]: CommandOption } = {
  mpi: {
    type: "boolean",
    help: "start the replicas on several hosts with mpiexec; --num-processes then counts those of all hosts",
  },
  hosts: { type: "string", value: "A,B", help: "with --mpi: the hosts" },
  "mpirun-hostfile": {
    ...{ type: "string", value: "FILE" },
    help: "with --mpi: a file with the hosts, as mpiexec reads it",
  },
  "num-machines": {
    ...{ type: "string", value: "M" },
    help: "with --mpi: how many hosts take part (default: all that are named)",
  },
};

/** How long a job may take after a signal, beside the time in which a run saves its checkpoint. */
const END_MS = 10_000;

/** @throws {AcceleratorError} `OPTION_INVALID` if hosts are chosen without `--mpi`. */
export function requireMpi(values: OptionValues): void {
  const option = Object.keys(HOST_OPTIONS).find((name) => values[name] !== undefined);
  if (option === undefined) return;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `acc launch: --${option} chooses hosts, which --mpi starts: acc launch --mpi --${option} ${values[option]} SCRIPT.`,
  );
}

/** The options that choose hosts, for a process that starts the job again. */
export function hostArguments(values: OptionValues): string[] {
  return Object.keys(HOST_OPTIONS)
    .filter((name) => values[name] !== undefined)
    .map((name) => (values[name] === true ? `--${name}` : `--${name}=${values[name]}`));
}

/**
 * Runs `acc launch` on every host.
 *
 * @param argv the arguments of `acc launch` there.
 * @returns the exit code of the job.
 * @throws {AcceleratorError} `PACKAGE_MISSING`, `OPTION_INVALID`, `MPI_UNAVAILABLE`.
 */
export async function launchOnHosts(
  argv: readonly string[],
  values: OptionValues,
  limits: { readonly signal: AbortSignal; readonly graceMs: number },
): Promise<number> {
  const { driveHosts } = await loadMpiPackage("acc launch --mpi");
  reportToParent(); // a process that restarts this one may be gone
  const { hosts, "mpirun-hostfile": hostfile } = values;
  const [, acc = ""] = process.argv;
  return await driveHosts(
    {
      hosts: hosts === undefined ? undefined : String(hosts),
      hostfile: hostfile === undefined ? undefined : String(hostfile),
      numMachines: numberOption(values, "num-machines"),
    },
    [process.execPath, ...process.execArgv, acc, "launch", ...argv],
    { signal: limits.signal, graceMs: limits.graceMs + END_MS },
  );
}
