import { AcceleratorError } from "@acc/core/tracker";
import type { HostFacts } from "./host-facts.ts";

/** Who runs which replicas. The same on every host. */
export type HostLayout = {
  /** The name of each host in messages: that of its machine, with a number where several share one. */
  readonly names: readonly string[];
  readonly replicasOf: readonly number[];
  /** Threads of each replica: the same number everywhere, because other numbers may give other bits. */
  readonly threads: number;
  readonly warnings: readonly string[];
};

/**
 * @param numProcesses replicas of all hosts together, as in Accelerate; by default one for each core.
 * @throws {AcceleratorError} `NUM_PROCESSES_INVALID`.
 */
export function hostLayout(all: readonly HostFacts[], numProcesses?: number): HostLayout {
  const machines = all.map(({ name }) => name);
  const sharers = machines.map((name) => machines.filter((other) => other === name).length);
  const replicasOf =
    numProcesses === undefined
      ? all.map(({ cores }, host) => Math.max(1, Math.floor(cores / (sharers[host] ?? 1))))
      : divided(numProcesses, all.length);
  const onMachine = (name: string): number =>
    replicasOf.reduce((sum, count, host) => (machines[host] === name ? sum + count : sum), 0);
  const threads = all.map(({ name, cores }) => Math.floor(cores / onMachine(name)));
  return {
    names: machines.map((name, host) =>
      sharers[host] === 1
        ? name
        : `${name}#${machines.slice(0, host).filter((n) => n === name).length}`,
    ),
    replicasOf,
    threads: Math.max(1, Math.min(...threads)),
    warnings: warningsOf(all, sharers),
  };
}

/** As equal as possible, the first hosts one more. */
function divided(numProcesses: number, hosts: number): number[] {
  if (!Number.isInteger(numProcesses) || numProcesses < hosts) {
    throw new AcceleratorError(
      "NUM_PROCESSES_INVALID",
      `numProcesses counts the replicas of all hosts together, at least one for each of the ${hosts} hosts; got ${numProcesses}.`,
    );
  }
  const each = Math.floor(numProcesses / hosts);
  return Array.from({ length: hosts }, (_, host) => each + (host < numProcesses % hosts ? 1 : 0));
}

function warningsOf(all: readonly HostFacts[], sharers: readonly number[]): string[] {
  const warnings: string[] = [];
  const shared = sharers.findIndex((count) => count > 1);
  if (shared >= 0) {
    warnings.push(
      `${sharers[shared]} processes of the launcher run on ${all[shared]?.name}. One on each host is faster: its replicas are threads ` +
        'that share memory. Pass "-ppn 1" to MPICH, "--map-by ppr:1:node" to Open MPI, "--ntasks-per-node=1" to Slurm.',
    );
  }
  const pinned = all.find(({ cores, machineCores }) => cores === 1 && machineCores > 1);
  if (pinned) {
    warnings.push(
      `The launcher has bound the process on ${pinned.name} to one of its ${pinned.machineCores} cores. Pass "--bind-to none" to mpiexec, ` +
        '"--cpu-bind=none" to srun.',
    );
  }
  return warnings;
}
