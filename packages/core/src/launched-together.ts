/** The variables with which launchers tell how many processes they have started. */
const SIZES = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE"];

/** How many processes the launcher of this one has started together with it; 1 without a launcher. */
export function launchedTogether(environment: NodeJS.ProcessEnv): number {
  const { PMIX_RANK, SLURM_STEP_NUM_TASKS } = environment;
  const slurm = PMIX_RANK === undefined ? undefined : SLURM_STEP_NUM_TASKS;
  const sizes = [...SIZES.map((name) => environment[name]), slurm].map(Number);
  return Math.max(1, ...sizes.filter(Number.isInteger));
}
