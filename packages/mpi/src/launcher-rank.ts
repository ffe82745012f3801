import type { AbiName } from "./library/abi.ts";

/** What the program that started this process says of it, in the environment. */
export type LauncherRank = {
  /** Whose processes the launcher starts. */
  readonly family: Exclude<AbiName, "standard">;
  readonly rank: number;
  readonly size: number;
};

/** Names of the variables with the rank and with the number of processes. */
const VARIABLES: readonly (readonly [LauncherRank["family"], string, string])[] = [
  ["openmpi", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"],
  ["mpich", "PMI_RANK", "PMI_SIZE"], // hydra, and Slurm with --mpi=pmi2
  ["openmpi", "PMIX_RANK", "SLURM_STEP_NUM_TASKS"], // Slurm with --mpi=pmix
];

/** Undefined in a process that no launcher of MPI has started. */
export function launcherRank(environment: NodeJS.ProcessEnv): LauncherRank | undefined {
  for (const [family, rankName, sizeName] of VARIABLES) {
    const rank = wholeNumber(environment[rankName]);
    const size = wholeNumber(environment[sizeName]);
    if (rank !== undefined && size !== undefined && rank < size) return { family, rank, size };
  }
  return undefined;
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
