import { AcceleratorError } from "../errors.ts";
import type { HostsOptions } from "../hosts/transport.ts";
import { resolvePackage } from "../resolve-package.ts";

const PACKAGE = "@acc/mpi";

/** What a launcher of MPI tells a process that it has started. */
type LauncherRank = { readonly rank: number; readonly size: number };

/** The exports of the package that core calls. */
export type MpiPackage<Rank extends LauncherRank = LauncherRank> = {
  readonly launcherRank: (environment: NodeJS.ProcessEnv) => Rank | undefined;
  /** Runs the part of this host in a run on all hosts of its launcher. */
  readonly runOnHosts: <T>(
    run: {
      readonly launcher: Rank;
      readonly scriptUrl: string;
      readonly numProcesses: number | undefined;
      readonly timeoutMs: number;
    },
    start: (hosts: HostsOptions) => Promise<T>,
  ) => Promise<T>;
  /** Starts a program on every host, and returns the exit code of the job. */
  readonly driveHosts: (
    choice: {
      readonly hosts: string | undefined;
      readonly hostfile: string | undefined;
      readonly numMachines: number | undefined;
    },
    program: readonly string[],
    limits: { readonly signal: AbortSignal; readonly graceMs: number },
  ) => Promise<number>;
};

/**
 * The package, which is where the script is, where it is launched, or where this package is installed.
 *
 * @throws {AcceleratorError} `PACKAGE_MISSING`.
 */
export async function loadMpiPackage(purpose: string, scriptUrl?: string): Promise<MpiPackage> {
  const url = resolvePackage(PACKAGE, scriptUrl) ?? resolvePackage(PACKAGE, import.meta.url);
  if (url !== undefined) return (await import(url)) as MpiPackage;
  throw new AcceleratorError(
    "PACKAGE_MISSING",
    `${purpose} needs ${PACKAGE}, which is not installed: npm install ${PACKAGE}`,
  );
}
