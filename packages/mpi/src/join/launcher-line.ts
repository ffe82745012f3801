import { fstatSync } from "node:fs";
import { AcceleratorError } from "@acc/core/tracker";

/**
 * MPICH and Slurm speak to a process through a file descriptor that it inherits. A program between them, such as npx, closes it; the
 * library would then end the process.
 *
 * @throws {AcceleratorError} `MPI_UNAVAILABLE`.
 */
export function requireLine({ PMI_FD }: NodeJS.ProcessEnv): void {
  if (PMI_FD === undefined || isSocket(Number(PMI_FD))) return;
  throw new AcceleratorError(
    "MPI_UNAVAILABLE",
    `The connection to the launcher (file descriptor ${PMI_FD}) has not reached this process: a program between them, such as npx, has ` +
      "closed it. Start acc itself: mpiexec … node_modules/.bin/acc launch …",
  );
}

function isSocket(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isSocket();
  } catch {
    return false; // it is closed, or no number
  }
}
