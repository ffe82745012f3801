import type { MpiProgram } from "./mpi-program.ts";

/** What runs on which hosts. */
export type Job = {
  /** One process on each; undefined for the hosts that a scheduler has given, or for this machine. */
  readonly hosts: readonly string[] | undefined;
  readonly numMachines: number;
  /** The program of each process, with its arguments. */
  readonly program: readonly string[];
};

/** Open MPI sends longer messages in one direction of the wire at a time: it must hold one of our chunks. */
const EAGER_BYTES = 1048576;

/** Open MPI passes no variables to other hosts unless it is told: ours, those of Node.js, of trackers and of proxies. */
const PASSED =
  /^(ACC|NODE|TF|UCX|OMP|WANDB|COMET|MLFLOW|CLEARML|SWANLAB|TRACKIO|AIM|DVC|HF|NO_COLOR$|HTTPS?_PROXY$|NO_PROXY$|https?_proxy$|no_proxy$)/;
/** Of this process only. */
const OWN = /^(ACC_SUPERVISED|NODE_CHANNEL_\w+|NODE_UNIQUE_ID)$/;

/** The arguments of the launcher: one process on each host, free to use all its cores. */
export function launcherArguments(
  { kind }: MpiProgram,
  job: Job,
  environment: NodeJS.ProcessEnv,
  isRoot: boolean,
): string[] {
  const { hosts, numMachines, program } = job;
  const count = ["-n", String(numMachines)];
  if (kind === "hydra") {
    const places = hosts ? ["-hosts", hosts.join(","), "-ppn", "1"] : [];
    return [...places, "-bind-to", "none", ...count, ...program];
  }
  // Without names: those of a scheduler or, on a machine alone, more processes than it has cores.
  const places = hosts
    ? ["--host", hosts.map((host) => `${host}:1`).join(","), "--map-by", "ppr:1:node"]
    : ["--oversubscribe"];
  return [
    ...(isRoot ? ["--allow-run-as-root"] : []), // a container has no other user
    ...places,
    ...["--bind-to", "none"],
    ...["--mca", "btl_tcp_eager_limit", String(EAGER_BYTES)],
    ...["--mca", "btl_tcp_rndv_eager_limit", String(EAGER_BYTES)],
    ...["--mca", "mpi_yield_when_idle", "1"],
    ...passedNames(environment).flatMap((name) => ["-x", name]),
    ...count,
    ...program,
  ];
}

function passedNames(environment: NodeJS.ProcessEnv): string[] {
  return Object.keys(environment)
    .filter((name) => PASSED.test(name) && !OWN.test(name) && /^\w+$/.test(name))
    .sort();
}

/** A command as a shell reads it. */
export function shellText(command: readonly string[]): string {
  return command
    .map((part) => (/^[\w@%+=:,./-]+$/.test(part) ? part : `'${part.replaceAll("'", `'\\''`)}'`))
    .join(" ");
}
