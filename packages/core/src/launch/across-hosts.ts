import type { HostsOptions } from "../hosts/transport.ts";
import { launchedTogether } from "../launched-together.ts";
import { type LaunchOptions, resolveLaunch } from "./launch-options.ts";
import { loadMpiPackage } from "./mpi-package.ts";

/**
 * Runs the replicas of this process: all of them, or those of this host where a launcher such as `mpiexec` has started the same script
 * on several hosts.
 *
 * @param run starts the replicas; `hosts` says which ones.
 */
export async function acrossHosts<T>(
  script: string | URL,
  options: LaunchOptions,
  run: (options: LaunchOptions) => Promise<T>,
): Promise<T> {
  const count = launchedTogether(process.env);
  if (count === 1 || options === null || options.hosts !== undefined) return await run(options); // null is refused there
  const { numProcesses, ...others } = options;
  const { scriptUrl, timeoutMs } = resolveLaunch(script, others);
  const { launcherRank, runOnHosts } = await loadMpiPackage(
    `A run in the ${count} processes that a launcher of MPI has started`,
    scriptUrl,
  );
  const launcher = launcherRank(process.env);
  if (!launcher) return await run(options); // its variables do not fit together
  return await runOnHosts(
    { launcher, scriptUrl, numProcesses, timeoutMs },
    async (hosts: HostsOptions) => await run({ ...others, hosts }),
  );
}
