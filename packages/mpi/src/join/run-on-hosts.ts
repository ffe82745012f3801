import { extname } from "node:path";
import type { HostsOptions } from "@acc/core";
import { printWarning } from "@acc/core/command";
import type { LauncherRank } from "../launcher-rank.ts";
import { type HostFacts, hostFacts, requireEqual, THREADS } from "./host-facts.ts";
import { type HostLayout, hostLayout } from "./host-layout.ts";
import { MpiJob } from "./mpi-job.ts";

// The compiler does not change this URL: it means the source in src and the built file in dist.
const TRANSPORT = new URL(`../transport/open${extname(import.meta.url)}`, import.meta.url).href;

/** What is known of a run before it starts. */
export type HostRun = {
  readonly launcher: LauncherRank;
  readonly scriptUrl: string;
  /** Replicas of all hosts together; one for each core by default. */
  readonly numProcesses: number | undefined;
  /** Longest wait for the other hosts. */
  readonly timeoutMs: number;
};

/** A process enters MPI once, with its first run. */
let job: MpiJob | undefined;
/** The number of threads that we have set; one of the user stays. */
let ownThreads: string | undefined;

/**
 * Runs the part of this host in a run on all hosts of the launcher that started this process, such as `mpiexec`: on its main thread.
 *
 * @param start starts the replicas of this host.
 * @throws {AcceleratorError} `MPI_UNAVAILABLE`, `MPI_FAILED`, `HOSTS_DIFFER`, `NUM_PROCESSES_INVALID`, `COLLECTIVE_TIMEOUT`, and what
 *   `start` throws. The whole job then ends when this process ends.
 */
export async function runOnHosts<T>(
  run: HostRun,
  start: (hosts: HostsOptions) => Promise<T>,
): Promise<T> {
  job ??= new MpiJob(run.launcher, process.env, run.timeoutMs);
  const entered = job;
  return await entered.run(run.timeoutMs, async () => {
    const { names, replicasOf } = await agree(entered, run);
    const { host, hosts } = entered.messages;
    return await start({
      ...{ host, hosts, names, replicasOf, name: names[host] ?? "" },
      transport: { module: TRANSPORT, data: entered.transportData(names) },
    });
  });
}

/** All hosts compare what they are about to do, and share out the replicas. */
async function agree({ messages }: MpiJob, run: HostRun): Promise<HostLayout> {
  const { scriptUrl, numProcesses, timeoutMs } = run;
  const set = process.env[THREADS];
  const facts = hostFacts(scriptUrl, numProcesses, set === ownThreads ? undefined : set);
  const texts = await messages.exchange(JSON.stringify(facts), timeoutMs);
  const all = texts.map((text) => JSON.parse(text) as HostFacts);
  requireEqual(all);
  const layout = hostLayout(all, numProcesses);
  if (set === ownThreads) {
    ownThreads = String(layout.threads);
    process.env[THREADS] = ownThreads;
  }
  if (messages.host === 0) {
    for (const warning of layout.warnings) printWarning(warning);
    process.stderr.write(`${layoutText(layout)}\n`);
  }
  return layout;
}

/** For the log of the job, such as `4 replicas on 2 hosts: a (2), b (2); 1 thread each.` */
function layoutText({ names, replicasOf, threads }: HostLayout): string {
  const total = replicasOf.reduce((sum, count) => sum + count, 0);
  const shown = names.slice(0, MAX_NAMES).map((name, host) => `${name} (${replicasOf[host]})`);
  const more = names.length > MAX_NAMES ? `, and ${names.length - MAX_NAMES} more` : "";
  const each = `${threads} ${threads === 1 ? "thread" : "threads"} each`;
  return `acc: ${total} replicas on ${names.length} hosts: ${shown.join(", ")}${more}; ${each}.`;
}

const MAX_NAMES = 8;
