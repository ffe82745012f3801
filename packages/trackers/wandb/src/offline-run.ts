import { existsSync } from "node:fs";
import {
  copyFile,
  type FileHandle,
  mkdir,
  open,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { TrackerUnreachableError } from "@acc/core";
import { type ArtifactVersion, describeArtifact } from "./artifact.ts";
import type { RunFile } from "./media.ts";
import type { Recorder } from "./recorder.ts";
import type { RunSettings } from "./run-settings.ts";
import { FILE_HEADER, frameRecords } from "./transaction-log.ts";
import { wandbFolder } from "./wandb-folder.ts";
import {
  artifactRecord,
  configRecord,
  encodeRecord,
  exitRecord,
  filesRecord,
  headerRecord,
  historyRecord,
  metricRecord,
  runRecord,
  summaryRecord,
  type WandbRecord,
} from "./wandb-record.ts";

/** Digits of a version's id that tell its folder from those of others. */
const VERSION_DIGITS = 8;

/** How much of an offline run is on disk; plain JSON. */
export type OfflineState = {
  /** Run folder, absolute. */
  readonly folder: string;
  /** Bytes of the `.wandb` file that are whole. */
  readonly offset: number;
  /** Records in them. */
  readonly records: number;
};

export type OfflineRunOptions = {
  readonly settings: RunSettings;
  /** Id of the recording, which the ids of artifacts are made from. */
  readonly runId: string;
  readonly startedMs: number;
  /** Whether the run folder may be one that another process began for the same recording. */
  readonly isReplay: boolean;
};

/**
 * A run folder as W&B's own client leaves it behind in offline mode: `wandb sync FOLDER` uploads it. What stands
 * behind the known offset is cut off before anything is written: a crash leaves no half record, and none twice.
 */
export class OfflineRun {
  readonly #options: OfflineRunOptions;
  #state: OfflineState;

  constructor(options: OfflineRunOptions, state: OfflineState | undefined) {
    this.#options = options;
    this.#state = state ?? { folder: newFolder(options), offset: 0, records: 0 };
  }

  get state(): OfflineState {
    return this.#state;
  }

  /**
   * Writes what came of some events.
   *
   * @param exitCode set at the end of the run.
   * @throws {TrackerUnreachableError} if the disk does not take it.
   */
  async write(recorder: Recorder, exitCode: number | undefined): Promise<void> {
    const { batch } = recorder;
    const artifacts: ArtifactVersion[] = [];
    for (const request of batch.artifacts) {
      artifacts.push(await describeArtifact(request, this.#options.runId));
    }
    await this.#guarded(async () => {
      for (const file of batch.files) await this.#writeFile(file);
      await this.#append([
        ...this.#beginning(recorder),
        ...batch.metrics.map(metricRecord),
        ...(batch.files.length > 0 ? [filesRecord(batch.files.map(({ path }) => path))] : []),
        ...(await this.#copyArtifacts(artifacts)),
        ...batch.rows.map(({ row, step }) => historyRecord(row, step)),
        ...(batch.summary.isEmpty ? [] : [summaryRecord(batch.summary)]),
        ...(exitCode === undefined ? [] : [exitRecord(exitCode, recorder.runtimeSeconds)]),
      ]);
    });
  }

  /** The first records of a file hold the whole configuration; later ones what changed. */
  #beginning({ batch, config }: Recorder): WandbRecord[] {
    const { settings, startedMs } = this.#options;
    if (this.#state.records === 0) return [headerRecord(), runRecord(settings, config, startedMs)];
    if (batch.config.size === 0) return [];
    return [configRecord(new Map([...config].filter(([key]) => batch.config.has(key))))];
  }

  /** Keeps a copy of each in the run folder: the artifact may change before it is uploaded. */
  async #copyArtifacts(artifacts: readonly ArtifactVersion[]): Promise<WandbRecord[]> {
    const records: WandbRecord[] = [];
    for (const artifact of artifacts) {
      const version = artifact.clientId.slice(0, VERSION_DIGITS);
      const folder = join(this.#state.folder, "artifacts", `${artifact.name}-${version}`);
      for (const { name, content } of artifact.files) {
        const copy = join(folder, name);
        await mkdir(dirname(copy), { recursive: true });
        if (typeof content === "string") await copyFile(content, copy);
        else await writeFile(copy, content);
      }
      const pathOf = (name: string) => join(folder, name);
      records.push(artifactRecord(artifact, this.#options.settings, pathOf));
    }
    return records;
  }

  async #writeFile({ path, bytes }: RunFile): Promise<void> {
    const target = join(this.#state.folder, "files", path);
    await mkdir(dirname(target), { recursive: true });
    const temporary = `${target}.${process.pid}.tmp`;
    await writeFile(temporary, bytes);
    await rename(temporary, target);
  }

  async #append(records: readonly WandbRecord[]): Promise<void> {
    if (records.length === 0) return;
    const isNew = this.#state.records === 0;
    if (isNew) await this.#makeFolder();
    const { folder, records: known } = this.#state;
    const offset = isNew ? FILE_HEADER.length : this.#state.offset;
    const encoded = records.map((record, at) => encodeRecord(record, known + at + 1));
    const frames = frameRecords(encoded, offset);
    const file = await open(
      join(folder, `run-${this.#options.settings.id}.wandb`),
      isNew ? "w" : "r+",
    );
    try {
      if (isNew) await writeAt(file, FILE_HEADER, 0);
      const { size } = await file.stat();
      if (size < offset) {
        throw new TrackerUnreachableError(
          `The W&B run in ${folder} has ${size} bytes where ${offset} had been written: bring the folder back.`,
          { permanent: true },
        );
      }
      if (size > offset) await file.truncate(offset);
      await writeAt(file, frames, offset);
    } finally {
      await file.close();
    }
    this.#state = { folder, offset: offset + frames.length, records: known + records.length };
  }

  async #makeFolder(): Promise<void> {
    const { folder } = this.#state;
    for (const name of ["files", "logs"]) await mkdir(join(folder, name), { recursive: true });
    const link = join(dirname(folder), "latest-run");
    const temporary = `${link}.${process.pid}.tmp`;
    try {
      await rm(temporary, { force: true });
      await symlink(basename(folder), temporary);
      await rename(temporary, link);
    } catch {
      await rm(temporary, { force: true }); // where links need rights, the run does without
    }
  }

  async #guarded(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (cause) {
      const { code, syscall } = cause as NodeJS.ErrnoException;
      if (code === undefined || syscall === undefined) throw cause;
      throw new TrackerUnreachableError(
        `The W&B run in ${this.#state.folder} cannot be written (${code}): free the disk, or set WANDB_DIR or the ` +
          "option dir to a folder of yours.",
        { cause },
      );
    }
  }
}

/** A nearly full disk takes a part first, and says that it is full the next time. */
async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const { bytesWritten } = await file.write(bytes, written, undefined, position + written);
    written += bytesWritten;
  }
}

/** `offline-run-<local time>-<id>`: `wandb sync` tells from this name that the run is not online. */
function newFolder({ settings, startedMs, isReplay }: OfflineRunOptions): string {
  const time = new Date(startedMs - new Date(startedMs).getTimezoneOffset() * 60_000).toISOString();
  const stamp = time.slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "_");
  const folder = join(wandbFolder(settings.dir), `offline-run-${stamp}-${settings.id}`);
  if (isReplay) return folder;
  let free = folder;
  for (let n = 1; existsSync(free); n++) free = `${folder}-${n}`; // another run of this id in this second
  return free;
}
