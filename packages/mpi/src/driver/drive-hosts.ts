import { AcceleratorError } from "@acc/core/tracker";
import { launcherArguments, shellText } from "./command-line.ts";
import { endedWithThisProcess } from "./death-signal.ts";
import { hostsOfFile, hostsOfList } from "./host-list.ts";
import { findMpiProgram } from "./mpi-program.ts";
import { type LauncherLimits, runLauncher } from "./run-launcher.ts";

/** What the command line says of the hosts. */
export type HostChoice = {
  /** Names with commas between them. */
  readonly hosts: string | undefined;
  /** A file of `mpiexec`. */
  readonly hostfile: string | undefined;
  /** How many of them take part; all by default. */
  readonly numMachines: number | undefined;
};

/**
 * Starts a program on every host, one process each, with the `mpiexec` on the PATH, and prints the command that it runs.
 *
 * @param program the command of each process with its arguments.
 * @returns the exit code of the job.
 * @throws {AcceleratorError} `OPTION_INVALID`, `MPI_UNAVAILABLE`.
 */
export async function driveHosts(
  choice: HostChoice,
  program: readonly string[],
  limits: LauncherLimits,
): Promise<number> {
  const { hosts, numMachines } = chosenHosts(choice);
  const launcher = findMpiProgram();
  const job = { hosts, numMachines, program };
  const args = launcherArguments(launcher, job, process.env, process.getuid?.() === 0);
  const line = [launcher.command, ...args];
  process.stderr.write(`acc: ${launcher.version}: ${shellText(line)}\n`);
  const [command, ...others] = endedWithThisProcess(line);
  return await runLauncher(command, others, limits);
}

/** @throws {AcceleratorError} `OPTION_INVALID`. */
export function chosenHosts({ hosts, hostfile, numMachines }: HostChoice): {
  readonly hosts: readonly string[] | undefined;
  readonly numMachines: number;
} {
  if (hosts !== undefined && hostfile !== undefined) {
    throw invalid("give --hosts or --mpirun-hostfile, not both");
  }
  if (numMachines !== undefined && (!Number.isInteger(numMachines) || numMachines < 1)) {
    throw invalid(`--num-machines needs an integer of at least 1, got ${numMachines}`);
  }
  const named =
    hosts === undefined
      ? hostfile === undefined
        ? undefined
        : hostsOfFile(hostfile)
      : hostsOfList(hosts);
  const count = numMachines ?? named?.length;
  if (count === undefined) {
    throw invalid(
      "--mpi needs --hosts a,b, or --mpirun-hostfile FILE, or --num-machines M where a scheduler has given the hosts",
    );
  }
  if (named && count > named.length) {
    throw invalid(
      `--num-machines is ${count}, but there are ${named.length} hosts: ${named.join(", ")}`,
    );
  }
  return { hosts: named?.slice(0, count), numMachines: count };
}

function invalid(what: string): AcceleratorError {
  return new AcceleratorError("OPTION_INVALID", `acc launch: ${what}.`);
}
