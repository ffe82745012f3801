import { constants } from "node:fs";
import { copyFile, mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { TrackerUnreachableError } from "@acc/core/tracker";
import {
  appendAt,
  MAX_ZIP_BYTES,
  replaceFile,
  replaceFileBy,
  type SendOptions,
  ShortFileError,
  whenWritable,
  writeZip,
} from "@acc/tracker-kit";
import { toLine } from "./format/offline-message.ts";
import type { FileOperation, Operation } from "./operation.ts";
import type { CometSettings } from "./settings.ts";
import type { Sink } from "./sink.ts";
import type { OfflineState } from "./state.ts";

export type OfflineSinkOptions = {
  readonly settings: CometSettings;
  /** Folder for the parts until they are zipped. */
  readonly folder: string;
  /** Makes the names of archives of one experiment unique. */
  readonly runId: string;
  readonly startedMs: number;
  readonly state: OfflineState | undefined;
  /** Whether the run goes on from a checkpoint: if its archive was closed, it gets another one. */
  readonly isResumed: boolean;
  save(state: OfflineState): Promise<void>;
};

const ARCHIVE = "The Comet archive";
const EMPTY: OfflineState = { bytes: 0, messages: 0, tags: [], fileBytes: 0, isFinished: false };

/** An archive for `comet upload`: its parts are written at once, the ZIP file when the run ends. */
export class OfflineSink implements Sink {
  readonly #options: OfflineSinkOptions;
  readonly #messagesPath: string;
  #state: OfflineState;

  constructor(options: OfflineSinkOptions) {
    this.#options = options;
    this.#messagesPath = join(options.folder, "messages.json");
    const { state = EMPTY, isResumed } = options;
    const isAnother = isResumed && state.isFinished;
    this.#state = isAnother ? { ...EMPTY, earlier: (state.earlier ?? 0) + 1 } : state;
  }

  /** Path of the ZIP file. */
  get path(): string {
    const { settings, runId } = this.#options;
    const { experimentKey, mode, offlineDirectory } = settings;
    // As Comet's client names them: an experiment can have several archives.
    const suffix = mode === "create" ? "" : `-${runId.slice(0, 6)}`;
    const number = this.#earlier === 0 ? "" : `-${this.#earlier + 1}`;
    return join(offlineDirectory, `${experimentKey}${suffix}${number}.zip`);
  }

  get #earlier(): number {
    return this.#state.earlier ?? 0;
  }

  get state(): { readonly archive: OfflineState } {
    return { archive: this.#state };
  }

  get key(): undefined {
    return undefined; // `comet upload` keeps the key of the settings
  }

  send(operations: readonly Operation[], options: SendOptions): Promise<void> {
    return whenWritable(ARCHIVE, () => this.#send(operations, options));
  }

  async flush(): Promise<void> {
    await this.#writeZip(Date.now());
  }

  async finish(_status: unknown, endedMs: number): Promise<void> {
    if (this.#state.isFinished) return;
    await whenWritable(ARCHIVE, () => this.#writeZip(endedMs));
    // In this order: without its parts the archive could not be written again.
    this.#state = { ...this.#state, isFinished: true };
    await this.#options.save(this.#state);
    await rm(this.#options.folder, { recursive: true, force: true });
  }

  async #send(operations: readonly Operation[], { signal, leaveOut }: SendOptions): Promise<void> {
    await mkdir(this.#options.folder, { recursive: true });
    let { bytes, messages: count, tags, fileBytes } = this.#state;
    const lines: string[] = [];
    for (const operation of operations) {
      signal.throwIfAborted();
      if (operation.kind === "tags") {
        tags = [...new Set([...tags, ...operation.tags])];
        continue;
      }
      const entry = `file${count + 1}`;
      if (operation.kind === "file") {
        const size = await sizeOf(operation.content);
        if (fileBytes + size > MAX_ZIP_BYTES) {
          const name = String(operation.params.fileName ?? operation.params.figName);
          leaveOut(`${name} (${size} bytes)`, "an archive holds 4 GiB; go online.");
          continue;
        }
        await this.#place(entry, operation.content);
        fileBytes += size;
      }
      count += 1;
      lines.push(toLine(operation, count, entry));
    }
    bytes = await this.#append(lines.join(""), bytes);
    this.#state = { ...this.#state, bytes, messages: count, tags, fileBytes, isFinished: false };
  }

  /** @returns the length of the file. Bytes of an interrupted attempt are overwritten. */
  async #append(text: string, size: number): Promise<number> {
    try {
      return await appendAt(this.#messagesPath, size, Buffer.from(text));
    } catch (error) {
      if (!(error instanceof ShortFileError)) throw error;
      throw new TrackerUnreachableError(
        `The Comet archive was cut off or is missing (${error.message}). Restore the run's folder.`,
        { permanent: true },
      );
    }
  }

  #place(entry: string, content: FileOperation["content"]): Promise<void> {
    const path = join(this.#options.folder, entry);
    if ("bytes" in content) return replaceFile(path, content.bytes);
    return replaceFileBy(path, (temporary) =>
      copyFile(content.path, temporary, constants.COPYFILE_FICLONE),
    );
  }

  async #writeZip(endedMs: number): Promise<void> {
    const { settings, folder, startedMs } = this.#options;
    await mkdir(folder, { recursive: true });
    await mkdir(settings.offlineDirectory, { recursive: true });
    await this.#append("", this.#state.bytes);
    const experiment = {
      offline_id: settings.experimentKey,
      project_name: settings.projectName,
      start_time: Math.round(startedMs),
      stop_time: Math.round(endedMs),
      tags: this.#state.tags,
      workspace: settings.workspace,
      resume_strategy: this.#earlier === 0 ? settings.mode : "get",
      customer_error_reported: false,
      customer_error_message: null,
      user_provided_experiment_key: true,
      comet_start_sourced: true,
    };
    const names = (await readdir(folder)).filter((name) => this.#isPart(name));
    await writeZip(this.path, [
      ...names.map((name) => ({
        name,
        content: { path: join(folder, name) },
        isCompressed: false,
      })),
      {
        name: "experiment.json",
        content: Buffer.from(JSON.stringify(experiment)),
        isCompressed: true,
      },
      { name: "messages.json", content: { path: this.#messagesPath }, isCompressed: true },
    ]);
  }

  /** False for files of an interrupted attempt that was not repeated. */
  #isPart(name: string): boolean {
    const number = /^file(\d+)$/.exec(name)?.[1];
    return number !== undefined && Number(number) <= this.#state.messages;
  }
}

async function sizeOf(content: FileOperation["content"]): Promise<number> {
  return "bytes" in content ? content.bytes.length : (await stat(content.path)).size;
}
