import { constants } from "node:fs";
import { copyFile, mkdir, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AcceleratorError } from "@acc/core";
import type { LeftOut } from "@acc/tracker-kit";
import type { Destination } from "./destination.ts";
import type { CometMessage, FileMessage } from "./message.ts";
import { toLine } from "./offline-message.ts";
import type { CometSettings } from "./settings.ts";
import { MAX_ZIP_BYTES, writeZip } from "./zip-file.ts";

/** How far the archive got. */
export type ArchiveState = {
  /** Bytes of `messages.json` that were delivered; what lies behind them is not. */
  readonly bytes: number;
  readonly messages: number;
  readonly tags: readonly string[];
  readonly fileBytes: number;
  readonly isFinished: boolean;
};

export type OfflineArchiveOptions = {
  readonly settings: CometSettings;
  /** Folder for the parts until they are zipped. */
  readonly folder: string;
  /** Tells archives of one experiment apart. */
  readonly runId: string;
  readonly startedMs: number;
  readonly leftOut: LeftOut;
  readonly state: ArchiveState | undefined;
  save(state: ArchiveState): Promise<void>;
};

const EMPTY: ArchiveState = {
  ...{ bytes: 0, messages: 0, tags: [], fileBytes: 0, isFinished: false },
};

/** Writes an archive for `comet upload`: its parts as they come, the ZIP file when the run ends. */
export class OfflineArchive implements Destination {
  readonly #options: OfflineArchiveOptions;
  readonly #messagesPath: string;
  #state: ArchiveState;

  constructor(options: OfflineArchiveOptions) {
    this.#options = options;
    this.#messagesPath = join(options.folder, "messages.json");
    this.#state = options.state ?? EMPTY;
  }

  /** Path of the ZIP file. */
  get path(): string {
    const { settings, runId } = this.#options;
    const { experimentKey, mode, offlineDirectory } = settings;
    // As Comet's client names them: an experiment can go on in several archives.
    const suffix = mode === "create" ? "" : `-${runId.slice(0, 6)}`;
    return join(offlineDirectory, `${experimentKey}${suffix}.zip`);
  }

  state(): { readonly archive: ArchiveState } {
    return { archive: this.#state };
  }

  async send(messages: readonly CometMessage[], signal: AbortSignal): Promise<void> {
    await mkdir(this.#options.folder, { recursive: true });
    let { bytes, messages: count, tags, fileBytes } = this.#state;
    const lines: string[] = [];
    for (const message of messages) {
      signal.throwIfAborted();
      if (message.type === "tags") {
        tags = [...new Set([...tags, ...message.tags])];
        continue;
      }
      const entry = `file${count + 1}`;
      if (message.type === "file") {
        const size = await sizeOf(message.content);
        if (fileBytes + size > MAX_ZIP_BYTES) {
          const name = String(message.params.fileName ?? message.params.figName);
          this.#options.leftOut.add(
            `${name} (${size} bytes)`,
            "an archive holds 4 GiB; go online.",
          );
          continue;
        }
        await this.#place(entry, message.content);
        fileBytes += size;
      }
      count += 1;
      lines.push(toLine(message, count, entry));
    }
    bytes = await this.#append(lines.join(""), bytes);
    this.#state = { bytes, messages: count, tags, fileBytes, isFinished: false };
  }

  async flush(): Promise<void> {
    await this.#writeZip(Date.now());
  }

  async finish(_status: unknown, endedMs: number): Promise<void> {
    if (this.#state.isFinished) return;
    await this.#writeZip(endedMs);
    // In this order: without its parts the archive could not be written again.
    this.#state = { ...this.#state, isFinished: true };
    await this.#options.save(this.#state);
    await rm(this.#options.folder, { recursive: true, force: true });
  }

  /** @returns the length of the file. What an interrupted attempt left behind is written over. */
  async #append(text: string, offset: number): Promise<number> {
    const file = await open(this.#messagesPath, constants.O_RDWR | constants.O_CREAT, 0o600);
    try {
      const { size } = await file.stat();
      if (size < offset) {
        throw new AcceleratorError(
          "STATE_INVALID",
          `The Comet archive's ${this.#messagesPath} has ${size} bytes and should have ${offset}: it was cut off ` +
            "or is missing. Restore the run's folder.",
        );
      }
      await file.truncate(offset);
      const bytes = Buffer.from(text);
      await file.write(bytes, 0, bytes.length, offset);
      return offset + bytes.length;
    } finally {
      await file.close();
    }
  }

  async #place(entry: string, content: FileMessage["content"]): Promise<void> {
    const path = join(this.#options.folder, entry);
    const temporary = `${path}.tmp`;
    if ("bytes" in content) await writeFile(temporary, content.bytes);
    else await copyFile(content.path, temporary, constants.COPYFILE_FICLONE);
    await rename(temporary, path);
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
      resume_strategy: settings.mode,
      customer_error_reported: false,
      customer_error_message: null,
      user_provided_experiment_key: true,
      comet_start_sourced: true,
    };
    const names = (await readdir(folder)).filter((name) => this.#isPart(name));
    await writeZip(this.path, [
      ...names.map((name) => ({ name, content: { path: join(folder, name) }, isText: false })),
      { name: "experiment.json", content: Buffer.from(JSON.stringify(experiment)), isText: true },
      { name: "messages.json", content: { path: this.#messagesPath }, isText: true },
    ]);
  }

  /** Files of an interrupted attempt that never came again are no part. */
  #isPart(name: string): boolean {
    const number = /^file(\d+)$/.exec(name)?.[1];
    return number !== undefined && Number(number) <= this.#state.messages;
  }
}

async function sizeOf(content: FileMessage["content"]): Promise<number> {
  return "bytes" in content ? content.bytes.length : (await stat(content.path)).size;
}
