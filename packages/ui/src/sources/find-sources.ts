import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { findRuns, safeText } from "@acc/core/journal";
import { EventFileSource, isEventFile } from "./event-file-source.ts";
import { JournalSource } from "./journal-source.ts";
import type { RunSource } from "./run-source.ts";
import { isWandbFile, WandbSource } from "./wandb-source.ts";

export type FoundSources = {
  /** Of runs that are not known yet. */
  readonly opened: readonly RunSource[];
  /** Of all runs that were found. */
  readonly folders: ReadonlySet<string>;
  /** What could not be searched or read, one sentence each. */
  readonly unsearched: readonly string[];
};

/** Folders of tools, and those of core's runs. */
const SKIPPED: ReadonlySet<string> = new Set(["node_modules", ".git", ".hg", ".svn", ".acc"]);
/** The search for files of other tools ends here. */
const MAX_FOLDERS = 20_000;

/** Finds the runs below a folder, in every format. @param known folders of runs that are not opened again. */
export async function findSources(
  directory: string,
  known: ReadonlySet<string>,
): Promise<FoundSources> {
  const { folders, unsearched } = await findRuns(directory);
  const opened: RunSource[] = [];
  const faults = [...unsearched];
  for (const folder of folders) {
    if (known.has(folder)) continue;
    try {
      opened.push(await JournalSource.open(folder));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      faults.push(`${folder} cannot be read: ${safeText(reason)}`);
    }
  }
  const others = await findOthers(directory);
  opened.push(...others.filter(({ folder }) => !known.has(folder)));
  const all = [...folders, ...others.map(({ folder }) => folder)];
  return { opened, folders: new Set(all), unsearched: faults };
}

/** Runs that other tools wrote. Links are not followed: what core finds behind one is found by `findRuns`. */
async function findOthers(directory: string): Promise<RunSource[]> {
  const sources: RunSource[] = [];
  const waiting = [directory];
  for (let visited = 0; waiting.length > 0 && visited < MAX_FOLDERS; visited++) {
    const folder = waiting.pop() as string;
    // One that may not be read was named by `findRuns`.
    const entries: Dirent[] = await readdir(folder, { withFileTypes: true }).catch(() => []);
    const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    if (files.some(isEventFile)) sources.push(new EventFileSource(folder));
    const wandb = files.find(isWandbFile);
    if (wandb !== undefined) sources.push(new WandbSource(join(folder, wandb)));
    for (const entry of entries) {
      if (entry.isDirectory() && !SKIPPED.has(entry.name)) waiting.push(join(folder, entry.name));
    }
  }
  return sources;
}
