import type { LogContext, LogValue, TableData } from "@acc/core";
import { toJson } from "@acc/tracker-kit";
import { artifactName } from "./artifact-path.ts";
import { MAX_TAG_LENGTH } from "./tag-tasks.ts";
import type { Task } from "./task.ts";
import type { TaskContext } from "./task-context.ts";

/**
 * The last table of a name is `tables/<name>.json`, which the page shows; every table is kept beside it under its step.
 */
export function tableTasks(
  tables: Readonly<Record<string, TableData>>,
  at: LogContext,
  context: TaskContext,
): Task[] {
  context.recording.timeOf(at);
  const step = context.recording.stepOf(at);
  return Object.entries(tables).flatMap(([name, table]) => {
    const path = `tables/${artifactName(name)}`;
    const content = tableBytes(table.columns, table.rows);
    return [
      { kind: "upload", path: `${path}/step_${step}_${context.sequence}.json`, content } as const,
      ...shownTableTasks(`${path}.json`, content, context),
    ];
  });
}

/** Stores a table where the page finds it. */
export function shownTableTasks(
  path: string,
  content: Uint8Array,
  { recording, leftOut }: TaskContext,
): Task[] {
  const upload: Task = { kind: "upload", path, content };
  if (recording.tables.has(path)) return [upload];
  const listed = [...recording.tables, path].map((table) => ({ path: table, type: "table" }));
  const value = JSON.stringify(listed);
  if (value.length > MAX_TAG_LENGTH) {
    // A cut list is no JSON, and breaks the official client's log_table for this run.
    leftOut.add(`a list of more than ${recording.tables.size} tables`, "later ones are files only");
    return [upload];
  }
  recording.tables.add(path);
  return [upload, { kind: "tag", entry: { key: "mlflow.loggedArtifacts", value } }];
}

/** In the orientation "split" of pandas. */
export function tableBytes(
  columns: readonly string[],
  rows: readonly (readonly LogValue[])[],
): Uint8Array {
  return Buffer.from(JSON.stringify({ columns, data: rows.map((row) => row.map(toJson)) }));
}
