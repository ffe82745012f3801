/** The MPI libraries that the peer tests use, one Python environment each: both wheels bring a `bin/mpiexec`. */
import { dirname, join } from "node:path";
import { pythonOf } from "@acc/test-kit/peers/python";

export type InstalledMpi = {
  readonly name: string;
  /** The environment's folder, with `bin`, `lib` and `include`. */
  readonly folder: string;
  readonly mpiexec: string;
  /** Arguments for a job on this machine alone. */
  readonly localArguments: readonly string[];
  /** Its libraries, with the interface of each. */
  readonly libraries: Readonly<Record<string, string>>;
};

const FIXTURES = "packages/mpi/test/fixtures";

function installed(
  name: string,
  localArguments: readonly string[],
  libraries: Readonly<Record<string, string>>,
): InstalledMpi | undefined {
  const python = pythonOf(`${FIXTURES}/requirements-${name}.txt`);
  if (python === undefined) return undefined; // the installer has reported why
  const folder = dirname(dirname(python));
  const mpiexec = join(folder, "bin/mpiexec");
  return { name, folder, mpiexec, localArguments, libraries };
}

const openMpiArguments = ["--allow-run-as-root", "--oversubscribe", "--bind-to", "none"];

export const mpich: InstalledMpi | undefined = installed("mpich", [], {
  "libmpi_abi.so.1": "standard",
  "libmpi.so.12": "mpich",
});
export const openMpi: InstalledMpi | undefined = installed("openmpi", openMpiArguments, {
  "libmpi.so.40": "openmpi",
});

export const installedMpis: readonly InstalledMpi[] = [mpich, openMpi].filter(
  (mpi) => mpi !== undefined,
);
