import { spawnSync } from "node:child_process";
import { AcceleratorError } from "@acc/core/tracker";

/** A program that starts a job, and whose options it takes. */
export type MpiProgram = {
  readonly command: string;
  readonly kind: "hydra" | "openmpi4" | "openmpi5";
  /** What it says of itself. */
  readonly version: string;
};

const COMMANDS = ["mpiexec", "mpirun"];
const TIME_LIMIT_MS = 10_000;

/**
 * The launcher on the PATH.
 *
 * @throws {AcceleratorError} `MPI_UNAVAILABLE`.
 */
export function findMpiProgram(): MpiProgram {
  const found: string[] = [];
  for (const command of COMMANDS) {
    const { stdout, stderr, error } = spawnSync(command, ["--version"], {
      encoding: "utf8",
      timeout: TIME_LIMIT_MS,
    });
    const text = `${stdout ?? ""}${stderr ?? ""}`;
    const program = recogniseProgram(command, text);
    if (program) return program;
    found.push(`${command}: ${error ? error.message : (text.trim().split("\n")[0] ?? "")}`);
  }
  throw new AcceleratorError(
    "MPI_UNAVAILABLE",
    `acc launch --mpi needs mpiexec of MPICH or of Open MPI on the PATH (${found.join("; ")}). Install one, such as with ` +
      '"pip install mpich" in a virtual environment, or with the module of the cluster.',
  );
}

/** @param text what `mpiexec --version` prints. */
export function recogniseProgram(command: string, text: string): MpiProgram | undefined {
  const openMpi = /\(Open(?: MPI|RTE)\) (\d+)\.[\w.]+/.exec(text);
  if (openMpi) {
    const kind = Number(openMpi[1]) >= 5 ? "openmpi5" : "openmpi4";
    return { command, kind, version: openMpi[0].replace(/[()]/g, "") };
  }
  if (!/HYDRA|Intel\(R\) MPI/i.test(text)) return undefined;
  const [, version = ""] = /Version:?\s+([\w.]+)/.exec(text) ?? [];
  return { command, kind: "hydra", version: `hydra ${version}`.trim() };
}
