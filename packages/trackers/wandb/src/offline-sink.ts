import { existsSync } from "node:fs";
import { copyFile, mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { TrackerUnreachableError } from "@acc/core/tracker";
import {
  appendAt,
  frameRecords,
  movedPath,
  replaceFile,
  ShortFileError,
  savedPath,
  whenWritable,
} from "@acc/tracker-kit";
import { type ArtifactVersion, describeArtifact } from "./format/artifact.ts";
import {
  alertRecord,
  artifactRecord,
  configRecord,
  encodeRecord,
  exitRecord,
  filesRecord,
  headerRecord,
  historyRecord,
  metricRecord,
  outputRecord,
  runRecord,
  statsRecord,
  summaryRecord,
  type WandbRecord,
} from "./format/record.ts";
import { FILE_HEADER } from "./format/transaction-log.ts";
import type { Operation } from "./operation.ts";
import type { RunSettings } from "./settings.ts";
import type { RunPlace, Sink } from "./sink.ts";
import type { OfflineState } from "./state.ts";
import { wandbFolder } from "./wandb-folder.ts";

/** Digits of a version's id that distinguish its folder. */
const VERSION_DIGITS = 8;
const ADVICE = "free the disk, or set WANDB_DIR or the option dir to a folder of yours";

export type OfflineSinkOptions = {
  readonly settings: RunSettings;
  /** Id of the run in the journal; ids of artifacts are made from it. */
  readonly runId: string;
  readonly startedMs: number;
  /** The tracker's folder now. */
  readonly runFolder: string;
  /** Whether another process may have begun the run folder for the same run. */
  readonly isReplay: boolean;
};

/**
 * A run folder as W&B's own client writes it in offline mode: `wandb sync FOLDER` uploads it. Bytes after the known
 * offset are cut off before anything is written, so a crash leaves no half record, and no record twice.
 */
export class OfflineSink implements Sink {
  readonly #options: OfflineSinkOptions;
  readonly #folder: string;
  #state: OfflineState;

  constructor(options: OfflineSinkOptions, state: OfflineState | undefined) {
    this.#options = options;
    const { runFolder } = options;
    this.#folder = state ? movedPath(state.folder, runFolder) : newFolder(options);
    const folder = savedPath(this.#folder, runFolder);
    this.#state = { offset: 0, records: 0, ...state, folder };
  }

  get state(): { readonly offline: OfflineState } {
    return { offline: this.#state };
  }

  get place(): RunPlace {
    const { name, entity } = this.#options.settings;
    return { name, entity, url: undefined, dir: this.#folder };
  }

  async lookUp(): Promise<undefined> {} // the upload resumes the run

  async send(operations: readonly Operation[]): Promise<void> {
    for (const operation of operations) await this.#write(operation);
  }

  async #write(operation: Operation): Promise<void> {
    const artifacts: ArtifactVersion[] = [];
    for (const request of operation.artifacts) {
      artifacts.push(await describeArtifact(request, this.#options.runId));
    }
    const { files, addedMetrics, rows, changedSummary, exitCode, runtimeSeconds } = operation;
    const what = `The W&B run in ${this.#folder}`;
    const write = async (): Promise<void> => {
      for (const { path, bytes } of files) {
        await replaceFile(join(this.#folder, "files", path), bytes);
      }
      await this.#append([
        ...this.#beginning(operation),
        ...addedMetrics.map(metricRecord),
        ...(files.length > 0 ? [filesRecord(files.map(({ path }) => path))] : []),
        ...(await this.#copyArtifacts(artifacts)),
        ...rows.map(({ row, step }) => historyRecord(row, step)),
        ...(changedSummary.isEmpty ? [] : [summaryRecord(changedSummary)]),
        ...operation.alerts.map(alertRecord),
        ...operation.stats.map(statsRecord),
        ...operation.output.map(outputRecord),
      ]);
      if (exitCode !== undefined) await this.#appendEnd(exitRecord(exitCode, runtimeSeconds));
    };
    await whenWritable(what, write, ADVICE);
  }

  /** The first records of a file hold the whole configuration; later ones what changed. */
  #beginning({ changedConfig, config }: Operation): WandbRecord[] {
    const { settings, startedMs } = this.#options;
    if (this.#state.records === 0) return [headerRecord(), runRecord(settings, config, startedMs)];
    if (changedConfig.size === 0) return [];
    return [configRecord(new Map([...config].filter(([key]) => changedConfig.has(key))))];
  }

  /** Keeps a copy of each in the run folder: the artifact may change before it is uploaded. */
  async #copyArtifacts(artifacts: readonly ArtifactVersion[]): Promise<WandbRecord[]> {
    const records: WandbRecord[] = [];
    for (const artifact of artifacts) {
      const version = artifact.clientId.slice(0, VERSION_DIGITS);
      const folder = join(this.#folder, "artifacts", `${artifact.name}-${version}`);
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

  /** Not counted: a run that goes on from a checkpoint writes over it. */
  async #appendEnd(record: WandbRecord): Promise<void> {
    const before = this.#state;
    await this.#append([record]);
    this.#state = before;
  }

  async #append(records: readonly WandbRecord[]): Promise<void> {
    if (records.length === 0) return;
    const isNew = this.#state.records === 0;
    if (isNew) await this.#makeFolder();
    const folder = this.#folder;
    const { records: known } = this.#state;
    const offset = isNew ? FILE_HEADER.length : this.#state.offset;
    const encoded = records.map((record, at) => encodeRecord(record, known + at + 1));
    const frames = frameRecords(encoded, offset);
    const bytes = isNew ? Buffer.concat([FILE_HEADER, frames]) : frames;
    const path = join(folder, `run-${this.#options.settings.id}.wandb`);
    const size = await appendAt(path, isNew ? 0 : offset, bytes).catch((error: unknown) => {
      if (!(error instanceof ShortFileError)) throw error;
      throw new TrackerUnreachableError(
        `The W&B run is not as it was written: ${error.message}. Bring the folder back.`,
        { permanent: true },
      );
    });
    this.#state = { ...this.#state, offset: size, records: known + records.length };
  }

  async #makeFolder(): Promise<void> {
    const folder = this.#folder;
    for (const name of ["files", "logs"]) await mkdir(join(folder, name), { recursive: true });
    const link = join(dirname(folder), "latest-run");
    const temporary = `${link}.${process.pid}.tmp`;
    try {
      await rm(temporary, { force: true });
      await symlink(basename(folder), temporary);
      await rename(temporary, link);
    } catch {
      await rm(temporary, { force: true }); // links may need permissions; the run works without one
    }
  }
}

/** `offline-run-<local time>-<id>`: `wandb sync` tells from this name that the run is not online. */
function newFolder({ settings, startedMs, isReplay }: OfflineSinkOptions): string {
  const time = new Date(startedMs - new Date(startedMs).getTimezoneOffset() * 60_000).toISOString();
  const stamp = time.slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "_");
  const folder = join(wandbFolder(settings.dir), `offline-run-${stamp}-${settings.id}`);
  if (isReplay) return folder;
  let free = folder;
  for (let n = 1; existsSync(free); n++) free = `${folder}-${n}`; // another run of this id in this second
  return free;
}
