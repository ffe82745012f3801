import { relative } from "node:path";
import type { DvcLiveOptions } from "../options.ts";
import type { RunFolder } from "../run-folder.ts";
import { isDvcRepository, runDvc } from "./dvc-command.ts";

/** A run to save. */
export type Experiment = {
  readonly folder: RunFolder;
  readonly options: DvcLiveOptions;
  /** Name of the experiment where the user gave none. */
  readonly defaultName: string;
  /** Paths below the folder for `dvc add`. */
  readonly toAdd: readonly string[];
  readonly warn: (message: string) => void;
};

/**
 * Tracks the artifacts, and saves the run as a DVC experiment of the last commit; both can be repeated. It does nothing
 * outside of a DVC repository, or within `dvc exp run`, which saves the experiment itself. A failure is a warning, not an
 * error: the files are written anyway.
 */
export async function saveExperiment(experiment: Experiment): Promise<void> {
  const { folder, options, defaultName, toAdd, warn } = experiment;
  if (!(await isDvcRepository(folder.root))) return;
  if (toAdd.length > 0) {
    const paths = toAdd.map((path) => `${relative(folder.root, folder.path)}/${path}`);
    const fault = await runDvc(folder.root, ["add", ...paths]);
    if (fault) warn(`dvc add failed for the artifacts in ${folder.path}/artifacts: ${fault}`);
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
