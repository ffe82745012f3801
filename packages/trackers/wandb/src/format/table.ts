import type { LogValue, TableData } from "@acc/core/tracker";
import { safePath } from "@acc/tracker-kit";
import { type ArtifactRequest, artifactIds } from "./artifact.ts";
import { jsonText } from "./json-text.ts";
import { type Media, mediaFile, sha256 } from "./media.ts";

/** Where a table is logged. */
export type TablePlace = {
  /** Name in the row. */
  readonly key: string;
  readonly step: number;
  /** Place of the event in the run. */
  readonly sequence: number;
  /** Id of the run, which the artifact is named after. */
  readonly runId: string;
  /** Id of the run in the journal; ids of artifacts are made from it. */
  readonly recordingId: string;
};

/**
 * A table as W&B's own client records it: a file that the run's page shows, and an artifact with the types of the
 * columns, which queries over several runs read.
 */
export function tableMedia(
  table: TableData,
  { key, step, sequence, runId, recordingId }: TablePlace,
): Media & { readonly artifact: ArtifactRequest } {
  const columns = [...table.columns];
  const data = table.rows.map((row) => [...row]);
  const file = mediaFile(
    "table",
    key,
    step,
    Buffer.from(jsonText({ columns, data })),
    "table.json",
  );
  const entry = `${safePath(key)}.table.json`;
  const size = { ncols: columns.length, nrows: data.length, log_mode: "IMMUTABLE" };
  const typed = { _type: "table", column_types: columnTypes(table), columns, data, ...size };
  const artifact = {
    key: `${sequence}/${key}`,
    name: `run-${runId}-${key}`,
    type: "run_table",
    source: { name: entry, bytes: Buffer.from(jsonText(typed)) },
    step,
    options: {},
  };
  const { clientId, sequenceClientId } = artifactIds(artifact, recordingId);
  return {
    files: [file],
    artifact,
    value: {
      _type: "table-file",
      sha256: sha256(file.bytes),
      size: file.bytes.length,
      path: file.path,
      artifact_path: `wandb-client-artifact://${clientId}/${entry}`,
      _latest_artifact_path: `wandb-client-artifact://${sequenceClientId}:latest/${entry}`,
      ...size,
    },
  };
}

/** Types by column, as W&B names them; each column may hold null. */
function columnTypes({ columns, rows }: TableData): { [key: string]: LogValue } {
  const types = columns.map((name, at): [string, LogValue] => {
    const found = new Set(rows.map((row) => typeOf(row[at])));
    found.delete("none");
    const [type = "any", ...others] = found;
    const only = others.length === 0 ? type : "any";
    if (only === "any") return [name, { wb_type: "any" }];
    const allowed = ["none", only].map((wb_type) => ({ wb_type }));
    return [name, { wb_type: "union", params: { allowed_types: allowed } }];
  });
  return { wb_type: "typedDict", params: { type_map: Object.fromEntries(types) } };
}

function typeOf(value: LogValue): string {
  if (value === null || value === undefined) return "none";
  if (typeof value === "number" || typeof value === "bigint") return "number";
  return typeof value === "string" || typeof value === "boolean" ? typeof value : "any";
}
