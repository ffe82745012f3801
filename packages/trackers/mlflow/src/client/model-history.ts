import { artifactName } from "../format/artifact-path.ts";
import type { ModelDescription } from "../format/model-file.ts";
import type { KeyText } from "../operation.ts";
import type { ServerRun } from "./client.ts";

/** The tag in which servers before version 3 list the models of a run, and its longest value there. */
const HISTORY_TAG = "mlflow.log-model.history";
const MAX_HISTORY = 5000;

/** The folder of a model among the run's artifacts: its name, with a number if another model has it. */
export function pathInRun(run: ServerRun, name: string, modelId: string): string {
  const history = historyOf(run);
  const own = history.find((model) => model.model_uuid === modelId);
  if (own?.artifact_path !== undefined) return own.artifact_path;
  const taken = new Set(history.map((model) => model.artifact_path));
  let path = artifactName(name);
  for (let count = 2; taken.has(path); count++) path = artifactName(`${name}_${count}`);
  return path;
}

/** @returns undefined if the list is full, or has the model already. The model's files are there nevertheless. */
export function addToHistory(run: ServerRun, description: ModelDescription): KeyText | undefined {
  const history = historyOf(run);
  if (history.some((model) => model.model_uuid === description.model_uuid)) return undefined;
  const value = JSON.stringify([...history, description]);
  return value.length > MAX_HISTORY ? undefined : { key: HISTORY_TAG, value };
}

function historyOf(run: ServerRun): Partial<ModelDescription>[] {
  try {
    const listed: unknown = JSON.parse(run.tags[HISTORY_TAG] ?? "[]");
    return Array.isArray(listed) ? listed : [];
  } catch {
    return []; // the server cut it off; ours replaces it
  }
}
