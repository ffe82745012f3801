import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, cpus, hostname } from "node:os";
import { fileURLToPath } from "node:url";
import { AcceleratorError } from "@acc/core/tracker";

/** Number of threads of each replica on ONNX Runtime. */
export const THREADS = "ACC_ONNX_THREADS";

/** What a host tells the others before a run. */
export type HostFacts = {
  readonly name: string;
  /** Cores that this process may use, and those of the machine. */
  readonly cores: number;
  readonly machineCores: number;
  /** What must be equal on all hosts, by its name in messages. */
  readonly equal: Readonly<Record<string, string>>;
};

/**
 * @param numProcesses replicas of all hosts together, if the script says so.
 * @param threads the number of threads that the user has set for each replica.
 */
export function hostFacts(
  scriptUrl: string,
  numProcesses: number | undefined,
  threads: string | undefined,
): HostFacts {
  const { version } = createRequire(import.meta.url)("@acc/core/package.json") as {
    readonly version: string;
  };
  const script = createHash("sha256")
    .update(readFileSync(fileURLToPath(scriptUrl)))
    .digest("hex");
  return {
    name: hostname(),
    cores: availableParallelism(),
    machineCores: cpus().length,
    equal: {
      "the version of @acc/core": version,
      "the version of Node.js": process.version,
      "the script (its SHA-256)": script.slice(0, 16),
      numProcesses: String(numProcesses ?? "not given"),
      [THREADS]: threads ?? "not set",
    },
  };
}

/** @throws {AcceleratorError} `HOSTS_DIFFER`, the same on every host. */
export function requireEqual(all: readonly HostFacts[]): void {
  const [first] = all;
  for (const [what, value] of Object.entries(first?.equal ?? {})) {
    const other = all.findIndex(({ equal }) => equal[what] !== value);
    if (other < 0) continue;
    throw new AcceleratorError(
      "HOSTS_DIFFER",
      `The hosts do not run the same: ${what} is ${value} on host 0 (${first?.name}) and ${all[other]?.equal[what]} on host ${other} ` +
        `(${all[other]?.name}). All hosts must compute the same bits: give them the same files and versions, such as by a shared folder.`,
    );
  }
}
