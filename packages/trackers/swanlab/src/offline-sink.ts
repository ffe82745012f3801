import { existsSync } from "node:fs";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { TrackerUnreachableError } from "@acc/core/tracker";
import {
  appendAt,
  filesBelow,
  frameRecords,
  movedPath,
  replaceFile,
  ShortFileError,
  safePath,
  savedPath,
  whenWritable,
} from "@acc/tracker-kit";
import { configYaml } from "./format/config-text.ts";
import type { MediaFile } from "./format/media.ts";
import {
  columnRecord,
  configRecord,
  encodeRecord,
  FILE_HEADER,
  fileRecord,
  finishRecord,
  lineRecord,
  mediaRecord,
  type SwanLabRecord,
  scalarRecord,
  startRecord,
} from "./format/record.ts";
import type { Operation, OperationOf } from "./operation.ts";
import { runFileName } from "./run-file-name.ts";
import type { RunSettings } from "./settings.ts";
import type { RunPlace, Sink } from "./sink.ts";
import type { OfflineState } from "./state.ts";

const ADVICE = "free the disk, or set SWANLAB_LOG_DIR or the option logDir to a folder of yours";

export type OfflineSinkOptions = {
  readonly settings: RunSettings;
  readonly startedMs: number;
  /** The tracker's folder now. */
  readonly runFolder: string;
  /** Whether another process may have begun the run folder for the same run. */
  readonly isReplay: boolean;
};

/**
 * A run folder as SwanLab's own client writes it: `swanlab sync FOLDER` uploads it. Bytes after the known offset are cut off
 * before anything is written, so a crash leaves no half record, and no record twice.
 */
export class OfflineSink implements Sink {
  readonly #options: OfflineSinkOptions;
  readonly #folder: string;
  #state: OfflineState;

  constructor(options: OfflineSinkOptions, state: OfflineState | undefined) {
    this.#options = options;
    const { runFolder } = options;
    this.#folder = state ? movedPath(state.folder, runFolder) : newFolder(options);
    this.#state = { offset: 0, records: 0, ...state, folder: savedPath(this.#folder, runFolder) };
  }

  get state(): { readonly offline: OfflineState } {
    return { offline: this.#state };
  }

  get place(): RunPlace {
    const { name, workspace } = this.#options.settings;
    return { name, workspace, url: undefined, dir: this.#folder };
  }

  async open(): Promise<undefined> {} // the upload resumes the run

  async send(operations: readonly Operation[]): Promise<void> {
    const write = async (): Promise<void> => {
      const records: SwanLabRecord[] = [];
      let end: SwanLabRecord | undefined;
      for (const operation of operations) {
        if (operation.kind === "end") end = finishRecord(operation);
        else records.push(...(await this.#recordsOf(operation)));
      }
      await this.#append(records, end);
    };
    await whenWritable(`The SwanLab run in ${this.#folder}`, write, ADVICE);
  }

  /** Writes the files that the records name first. */
  async #recordsOf(operation: Exclude<Operation, { kind: "end" }>): Promise<SwanLabRecord[]> {
    switch (operation.kind) {
      case "column":
        return [columnRecord(operation)];
      case "scalar":
        return [scalarRecord(operation)];
      case "line":
        return [lineRecord(operation)];
      case "media":
        for (const file of operation.files) await this.#writeMedia(operation.type, file);
        return [mediaRecord(operation)];
      case "config": {
        const path = join(this.#folder, "files", "config.yaml");
        await replaceFile(path, configYaml(operation.entries));
        return [configRecord(path)];
      }
      case "file":
        return this.#copyFiles(operation);
    }
  }

  async #writeMedia(type: string, { name, bytes }: MediaFile): Promise<void> {
    await replaceFile(join(this.#folder, "media", type, name), bytes);
  }

  /** Keeps a copy of each in the run folder: the artifact may change before it is uploaded. */
  async #copyFiles({ name, path }: OperationOf<"file">): Promise<SwanLabRecord[]> {
    const records: SwanLabRecord[] = [];
    for (const file of await filesBelow(path)) {
      const fileName = runFileName(name, file.name);
      const copy = join(this.#folder, "files", fileName);
      await mkdir(dirname(copy), { recursive: true });
      await copyFile(file.path, copy);
      records.push(fileRecord(fileName, copy));
    }
    return records;
  }

  /** @param end the last record; not counted: a run that goes on from a checkpoint writes over it. */
  async #append(records: readonly SwanLabRecord[], end: SwanLabRecord | undefined): Promise<void> {
    const { settings, startedMs } = this.#options;
    const isNew = this.#state.offset === 0;
    if (isNew) await this.#makeFolder();
    const offset = isNew ? FILE_HEADER.length : this.#state.offset;
    let { records: count } = this.#state;
    const encode = (record: SwanLabRecord): Uint8Array => {
      if (record.num === undefined) count += 1;
      return encodeRecord(record, count, Date.now());
    };
    const start = isNew ? [encode(startRecord(settings, startedMs))] : [];
    const counted = frameRecords([...start, ...records.map(encode)], offset);
    const size = offset + counted.length;
    const ending = end ? frameRecords([encode(end)], size) : Buffer.alloc(0);
    const header = isNew ? FILE_HEADER : new Uint8Array();
    const path = join(this.#folder, `run-${safeId(settings.id)}.swanlab`);
    await appendAt(path, isNew ? 0 : offset, Buffer.concat([header, counted, ending])).catch(
      (error: unknown) => {
        if (!(error instanceof ShortFileError)) throw error;
        throw new TrackerUnreachableError(
          `The SwanLab run is not as it was written: ${error.message}. Bring the folder back.`,
          { permanent: true },
        );
      },
    );
    this.#state = { ...this.#state, offset: size, records: count };
  }

  async #makeFolder(): Promise<void> {
    const logDir = dirname(this.#folder);
    const isFirst = !existsSync(logDir);
    for (const name of ["files", "media", "debug"]) {
      await mkdir(join(this.#folder, name), { recursive: true });
    }
    // As SwanLab's own client, in a folder of its own: runs do not belong in a repository.
    if (isFirst) await writeFile(join(logDir, ".gitignore"), "*\n");
  }
}

/** `run-<local time>-<id>`, as SwanLab's own client names it. */
function newFolder({ settings, startedMs, isReplay }: OfflineSinkOptions): string {
  const time = new Date(startedMs - new Date(startedMs).getTimezoneOffset() * 60_000).toISOString();
  const stamp = time.slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "_");
  const folder = join(settings.logDir, `run-${stamp}-${safeId(settings.id)}`);
  if (isReplay) return folder;
  let free = folder;
  for (let n = 1; existsSync(free); n++) free = `${folder}-${n}`; // another run of this id in this second
  return free;
}

function safeId(id: string): string {
  return safePath(id.replaceAll(/[.-]/g, "_"));
}
