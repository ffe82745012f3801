import type { LogContext, LogValue, TableData } from "@acc/core/tracker";
import { toJson } from "@acc/tracker-kit";
import { artifactName } from "../format/artifact-path.ts";
import type { Operation } from "../operation.ts";
import type { EventScope } from "./scope.ts";
import { MAX_TAG_LENGTH } from "./tags.ts";

/**
 * The last table of a name is `tables/<name>.json`, which the page shows; every table is kept beside it under its step.
 */
export function tableOperations(
  tables: Readonly<Record<string, TableData>>,
  at: LogContext,
  scope: EventScope,
): Operation[] {
  scope.recording.timeOf(at);
  const step = scope.recording.stepOf(at);
  return Object.entries(tables).flatMap(([name, table]) => {
    const path = `tables/${artifactName(name)}`;
    const content = tableBytes(table.columns, table.rows);
    return [
      { kind: "upload", path: `${path}/step_${step}_${scope.sequence}.json`, content } as const,
      ...shownTableOperations(`${path}.json`, content, scope),
    ];
  });
}

/** Stores a table where the page finds it. */
export function shownTableOperations(
  path: string,
  content: Uint8Array,
  { recording, leaveOut }: EventScope,
): Operation[] {
  const upload: Operation = { kind: "upload", path, content };
  if (recording.tables.has(path)) return [upload];
  const listed = [...recording.tables, path].map((table) => ({ path: table, type: "table" }));
  const value = JSON.stringify(listed);
  if (value.length > MAX_TAG_LENGTH) {
    // If the list is cut it is not JSON, and the official client's log_table fails for this run.
    leaveOut(`a list of more than ${recording.tables.size} tables`, "later ones are files only");
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
