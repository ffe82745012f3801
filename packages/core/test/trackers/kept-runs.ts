import { cpSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Test } from "uvu";
import { JournalReader } from "../../src/journal/journal-reader.ts";
import type { JournalEntry } from "../../src/journal/journal-record.ts";
import { journalPath } from "../../src/journal/run-folder.ts";
import { type Finished, ServiceProject } from "../journal/service-project.ts";

export const ACC: string = fileURLToPath(new URL("../../bin/acc.mjs", import.meta.url));
const SCRIPTS = ["keep.mjs", "several-accelerators.mjs"];

/** A new project for each test, with scripts whose runs are kept. */
export class KeptRuns {
  project: ServiceProject = new ServiceProject();

  constructor(test: Test) {
    test.before.each(() => {
      this.project = new ServiceProject();
      for (const script of SCRIPTS) {
        const source = fileURLToPath(new URL(`fixtures/${script}`, import.meta.url));
        cpSync(source, join(this.project.folder, script));
      }
    });
  }

  /** Trains with these options of the accelerator. */
  train(
    options: object,
    env: Readonly<Record<string, string>> = {},
    args: readonly string[] = ["keep.mjs"],
  ): Promise<Finished> {
    const common = { ACC_LOG_LEVEL: "info", OPTIONS: JSON.stringify(options) };
    return this.project.run([...args], { ...common, ...env });
  }

  /** The folders of the runs. */
  in(directory = "runs"): string[] {
    const folder = join(this.project.folder, directory, ".acc");
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => name !== ".gitignore")
      .map((name) => join(folder, name));
  }
}

/** What is in the journal of a run. */
export async function entriesOf(run: string): Promise<JournalEntry[]> {
  const reader = await JournalReader.open(journalPath(run));
  const entries: JournalEntry[] = [];
  for await (const portion of reader.portions()) {
    entries.push(...portion.entries.map(({ entry }) => entry));
  }
  await reader.close();
  return entries;
}

/** The entries of a run of `keep.mjs` without files. */
export const WHOLE: readonly string[] = [
  ...["config", "metrics", "metrics", "metrics", "metrics", "finish"],
];
