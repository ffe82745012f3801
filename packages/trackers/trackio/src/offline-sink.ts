import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  filesBelow,
  replaceFile,
  replaceFileByCopy,
  type SendOptions,
  whenWritable,
} from "@acc/tracker-kit";
import { findLocalRun } from "./client/local-runs.ts";
import { safePath, safeSegment } from "./format/file-path.ts";
import { projectFolder } from "./format/project-name.ts";
import { recordText, type TrackioRecord } from "./format/record.ts";
import type { Operation } from "./operation.ts";
import type { Sink } from "./sink.ts";
import type { FoundRun } from "./state.ts";

const ATTEMPTS = 5;

/**
 * Writes to a folder of Trackio as its Python client does on network drives: records to the inbox, in files that never change and
 * that the dashboard imports and removes; images and files beside it. Trackio's database belongs to its own programs.
 */
export class OfflineSink implements Sink {
  readonly #dir: string;
  readonly #writer: string;
  #nextFile = 0;

  /** @param writer the folder of this process in the inbox: no other process writes to it. */
  constructor(dir: string, writer: string) {
    this.#dir = dir;
    this.#writer = writer;
  }

  find(project: string, name: string): Promise<FoundRun | undefined> {
    return findLocalRun(this.#dir, project, name);
  }

  async send(operations: readonly Operation[], options: SendOptions): Promise<void> {
    await whenWritable("The folder of Trackio", () => this.#send(operations, options));
  }

  async #send(operations: readonly Operation[], { leaveOut }: SendOptions): Promise<void> {
    const records: TrackioRecord[] = [];
    for (const operation of operations) {
      switch (operation.kind) {
        case "media": {
          const { runFolder, step, name, bytes } = operation.file;
          const folder = this.#mediaFolder(operation.run.project);
          await replaceFile(join(folder, runFolder, String(step), name), bytes);
          break;
        }
        case "artifact": {
          const { name, path } = operation.artifact;
          if (existsSync(path)) await this.#keep(operation);
          else leaveOut(`the artifact "${name}"`, `there is nothing at ${path} any more`);
          break;
        }
        default:
          records.push(operation);
      }
    }
    if (records.length > 0) await this.#drop(records.map((record) => `${recordText(record)}\n`));
  }

  /** Among the files of the project, where `trackio.save` keeps them: versions of artifacts are in the database. */
  async #keep({ run, artifact }: Extract<Operation, { kind: "artifact" }>): Promise<void> {
    const place = join(this.#mediaFolder(run.project), "files", safeSegment(run.run));
    for (const file of await filesBelow(artifact.path)) {
      const name = file.name === "" ? artifact.name : `${artifact.name}/${file.name}`;
      await replaceFileByCopy(join(place, safePath(name)), file.path);
    }
  }

  /** Puts lines into the inbox as one file, which appears whole. */
  async #drop(lines: readonly string[]): Promise<void> {
    const inbox = join(this.#dir, "inbox");
    const folder = join(inbox, this.#writer);
    // Not in the folder: the dashboard removes that when it is empty. One of a killed process is written again by the next.
    const temporary = join(inbox, `${this.#writer.slice(0, -4)}.tmp`);
    // A name is never used again: the dashboard may be about to remove a file that it has read.
    const path = join(folder, `${String(this.#nextFile++).padStart(8, "0")}.jsonl`);
    await mkdir(inbox, { recursive: true });
    try {
      await writeFile(temporary, lines.join(""));
      for (let attempt = 1; ; attempt++) {
        await mkdir(folder, { recursive: true });
        try {
          return await rename(temporary, path);
        } catch (error) {
          const isGone = (error as NodeJS.ErrnoException).code === "ENOENT";
          if (!isGone || attempt === ATTEMPTS) throw error;
        }
      }
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {}); // the first error counts
      throw error;
    }
  }

  #mediaFolder(project: string): string {
    return join(this.#dir, "media", projectFolder(project));
  }
}
