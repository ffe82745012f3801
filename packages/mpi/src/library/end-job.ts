import type { MpiLibrary } from "./mpi-library.ts";
import type { ProcessControl } from "./process-control.ts";

/** MPI_Abort may wait for a host that is gone. */
const ABORT_LIMIT_S = 3;

/** Ends the whole job within seconds, this process too. */
export function endJob(mpi: MpiLibrary, control: ProcessControl, exitCode: number): void {
  control.alarm(ABORT_LIMIT_S);
  mpi.abort(exitCode);
  control.endNow(exitCode);
}
