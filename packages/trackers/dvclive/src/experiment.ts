import { relative } from "node:path";
import { isDvcRepository, runDvc } from "./dvc-command.ts";
import type { LiveFolder } from "./live-folder.ts";
import type { DvcLiveOptions } from "./live-options.ts";

/** A run to be saved. */
export type Experiment = {
  readonly folder: LiveFolder;
  readonly options: DvcLiveOptions;
  /** Name of the experiment where the user gave none. */
  readonly defaultName: string;
  /** Paths below the folder for `dvc add`. */
  readonly toAdd: readonly string[];
};

/**
 * Tracks the artifacts, and saves the run as a DVC experiment of the last commit; both can be repeated. Where there is
 * no DVC repository, and within `dvc exp run`, which saves by itself, nothing is done. What fails is said, not thrown:
 * the files are there all the same.
 */
export async function saveExperiment(
  { folder, options, defaultName, toAdd }: Experiment,
  warn: (message: string) => void,
): Promise<void> {
  if (!(await isDvcRepository(folder.root))) return;
  if (toAdd.length > 0) {
    const paths = toAdd.map((path) => `${relative(folder.root, folder.path)}/${path}`);
    const fault = await runDvc(folder.root, ["add", ...paths]);
    if (fault) warn(`dvc add did not take the artifacts in ${folder.path}/artifacts: ${fault}`);
  }
  if (options.saveDvcExp === false || process.env.DVC_EXP_BASELINE_REV) return;
  const name = options.expName ?? refName(defaultName);
  const included = [folder.path, ...(folder.dvcYaml ? [folder.dvcYaml] : [])];
  const fault = await runDvc(folder.root, [
    ...["exp", "save", "--force", "--name", name],
    ...(options.expMessage === undefined ? [] : ["--message", options.expMessage]),
    ...included.flatMap((path) => ["--include-untracked", relative(folder.root, path)]),
  ]);
  if (!fault) return;
  warn(`The run could not be saved as a DVC experiment, its files are in ${folder.path}: ${fault}`);
}

/** Experiments are git references: no spaces, no characters with a meaning. */
function refName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_-]+/g, "-").replace(/^-+/, "") || "run";
}
