import { existsSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { AcceleratorError } from "@acc/core/tracker";
import type { LauncherRank } from "../launcher-rank.ts";
import { MpiLibrary } from "./mpi-library.ts";

type Family = LauncherRank["family"];

/** The files of each family, the best first. MPICH 5 has both interfaces; Debian calls its MPICH `libmpich`. */
const NAMES: { readonly [family in Family]: readonly string[] } = {
  mpich: ["libmpi_abi.so.1", "libmpi.so.12", "libmpich.so.12"],
  openmpi: ["libmpi.so.40", "libmpi_abi.so.1"],
};
/** A launcher starts a process through at most so many others: a shell, `npx`, an agent on each host. */
const MAX_ANCESTORS = 8;

/**
 * Opens the library of the launcher: that of another MPI would see a job of one process.
 *
 * @throws {AcceleratorError} `MPI_UNAVAILABLE` with all that was tried.
 */
export function findLibrary(family: Family, environment: NodeJS.ProcessEnv): MpiLibrary {
  const named = environment.ACC_MPI_LIB;
  if (named) return new MpiLibrary(named);
  const faults: string[] = [];
  for (const path of candidates(family, environment)) {
    try {
      return new MpiLibrary(path);
    } catch (error) {
      faults.push(error instanceof Error ? String(error.cause ?? error.message) : String(error));
    }
  }
  throw new AcceleratorError(
    "MPI_UNAVAILABLE",
    `No MPI library was found beside the launcher, and none of ${NAMES[family].join(", ")} by the loader ` +
      `(${[...new Set(faults)].join("; ")}). Install one, such as "pip install mpich" in a virtual environment, and start with its mpiexec; or ` +
      "set ACC_MPI_LIB to the file of the library, on every host.",
  );
}

/** Files beside the launcher, then names for the loader of the system. */
function candidates(family: Family, environment: NodeJS.ProcessEnv): string[] {
  const names = NAMES[family];
  const folders = [...launcherFolders(), ...programFolders(environment)].flatMap((folder) => [
    join(folder, "../lib"),
    join(folder, "../lib64"),
  ]);
  const files = [...new Set(folders)].flatMap((folder) => names.map((name) => join(folder, name)));
  return [...files.filter((file) => existsSync(file)), ...names];
}

/** The folders of the programs that started this process, where the system tells them. */
function launcherFolders(): string[] {
  const folders: string[] = [];
  let pid = process.ppid;
  for (let i = 0; i < MAX_ANCESTORS && pid > 1; i++) {
    try {
      const program = readlinkSync(`/proc/${pid}/exe`);
      if (/(hydra|mpi|prte|orte)[^/]*$/.test(program)) folders.push(dirname(program));
      const [, ppid = "0"] = /\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
      pid = Number(ppid);
    } catch {
      break; // another system than Linux, or a process of another user
    }
  }
  return folders;
}

/** The folders of `mpiexec` on the PATH, with links followed: a virtual environment, a module. */
function programFolders({ PATH = "" }: NodeJS.ProcessEnv): string[] {
  return PATH.split(delimiter)
    .map((folder) => join(folder, "mpiexec"))
    .filter((program) => existsSync(program))
    .flatMap((program) => [dirname(program), dirname(realpathSync(program))]);
}
