import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { TrackerUnreachableError } from "@acc/core/tracker";
import { jsonObjectOf, messageOf, pathsBelow } from "@acc/tracker-kit";
import { projectFolder } from "../format/project-name.ts";
import type { FoundRun } from "../state.ts";

/** What a folder holds of one run. */
type Seen = { readonly runId: string; readonly created: string; readonly lastStep: number };

const QUERY =
  "SELECT run_id AS runId, MIN(timestamp) AS created, MAX(step) AS lastStep FROM metrics WHERE run_name = ? GROUP BY run_id";

/**
 * The latest run of a name in a folder of Trackio: in the database of the project, or in the inbox, which nobody may have
 * imported yet.
 *
 * @throws {TrackerUnreachableError} if the database cannot be read; `permanent` where Node.js has no SQLite.
 */
export async function findLocalRun(
  dir: string,
  project: string,
  name: string,
): Promise<FoundRun | undefined> {
  const folder = projectFolder(project);
  const runs = new Map<string, Seen>();
  const database = join(dir, `${folder}.db`);
  if (existsSync(database)) for (const run of storedRuns(database, name)) add(runs, run);
  for (const run of await waitingRuns(join(dir, "inbox"), folder, name)) add(runs, run);
  const [latest] = [...runs.values()].sort((a, b) => Date.parse(b.created) - Date.parse(a.created));
  return latest && { runId: latest.runId, lastStep: latest.lastStep };
}

function add(runs: Map<string, Seen>, { runId, created, lastStep }: Seen): void {
  const known = runs.get(runId);
  const isEarlier = !known || Date.parse(created) < Date.parse(known.created);
  runs.set(runId, {
    runId,
    created: isEarlier ? created : known.created,
    lastStep: Math.max(lastStep, known?.lastStep ?? lastStep),
  });
}

/** What of `node:sqlite` is used; the types of the oldest Node.js do not have it. */
type Sqlite = {
  readonly DatabaseSync: new (
    path: string,
    options: { readonly readOnly: boolean },
  ) => {
    prepare(sql: string): { all(...values: readonly string[]): readonly unknown[] };
    close(): void;
  };
};

function storedRuns(database: string, name: string): readonly Seen[] {
  const sqlite = process.getBuiltinModule("node:sqlite" as "fs") as unknown as Sqlite | undefined;
  if (!sqlite) {
    throw new TrackerUnreachableError(
      `Node.js ${process.version} cannot look for the run in ${database}: run \`acc sync\` with Node.js 22.13 or newer`,
      { permanent: true },
    );
  }
  try {
    const opened = new sqlite.DatabaseSync(database, { readOnly: true });
    try {
      return opened.prepare(QUERY).all(name) as Seen[];
    } finally {
      opened.close();
    }
  } catch (cause) {
    const message = `${database} cannot be read (${messageOf(cause)})`;
    throw new TrackerUnreachableError(message, { cause });
  }
}

/** Rows that wait to be imported. A file that the dashboard takes away meanwhile is in the database. */
async function waitingRuns(inbox: string, folder: string, name: string): Promise<Seen[]> {
  if (!existsSync(inbox)) return [];
  const files = pathsBelow(inbox).filter((path) => /\.jsonl$/.test(path));
  const seen: Seen[] = [];
  for (const file of files) {
    const text = await readFile(join(inbox, file), "utf8").catch(() => "");
    for (const line of text.split("\n")) {
      const { kind, project, run, run_id, step, timestamp } = jsonObjectOf(line) ?? {};
      if (kind !== "metric" || run !== name || projectFolder(String(project)) !== folder) continue;
      seen.push({ runId: String(run_id), created: String(timestamp), lastStep: Number(step) });
    }
  }
  return seen;
}
