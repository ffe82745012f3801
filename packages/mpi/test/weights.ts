/** The weights that trainings of test/fixtures/train.ts end with. */
import * as assert from "uvu/assert";
import { accLaunch, TRAIN, weightsIn } from "./acc-launch.ts";
import type { InstalledMpi } from "./installed-mpis.ts";
import { type JobOptions, runJob } from "./run-job.ts";

export const WORLD = 4;
export const KINDS: readonly string[] = ["mlp", "cnn"];

export const program = (kind: string, replicas = WORLD): string[] =>
  accLaunch("--num-processes", String(replicas), "--timeout-ms", "30000", TRAIN, kind);

const known = new Map<string, string>();

/** The weights of a run on one host. */
export async function reference(
  mpi: InstalledMpi,
  kind: string,
  replicas: number,
): Promise<string> {
  const key = `${kind} ${replicas}`;
  const command = program(kind, replicas);
  if (!known.has(key)) known.set(key, await weightsOf(mpi, 1, replicas, { command }));
  return known.get(key) ?? "";
}

/** The weights of a run, which all its ranks must have. */
export async function weightsOf(
  mpi: InstalledMpi,
  processes: number,
  replicas: number,
  options: JobOptions & { readonly kind?: string },
): Promise<string> {
  const { code, output } = await runJob(
    mpi,
    processes,
    program(options.kind ?? "", replicas),
    options,
  );
  assert.is(code, 0, output);
  const { ranks, weights } = weightsIn(output);
  assert.is(ranks, replicas, output);
  assert.is(weights.length, 1, output);
  return weights[0] ?? "";
}
