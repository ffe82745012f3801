import { stat } from "node:fs/promises";
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { AcceleratorError } from "@acc/core/journal";
import type {
  LibraryChange,
  MediaItem,
  Point,
  RunDetail,
  RunList,
  RunNotes,
  RunSummary,
  TextPage,
} from "../wire/schema.ts";
import type { AllPoints, MediaContent, PointQuery, Series, SeriesQuery } from "../wire/series.ts";
import type { LibraryCall, LibraryMessage, LibraryMethod } from "./library-protocol.ts";

export type LibraryOptions = {
  /** Most memory for points; runs that were not asked for lately are read again when they are. 512 by default. */
  readonly memoryMb?: number;
  /** False: reads once, and does not look for what is added later. True by default. */
  readonly isLive?: boolean;
};

/**
 * All runs below a folder, kept up to date while they train. The work is done in a worker thread, which only reads files. What is
 * asked for an id that is not there is answered with undefined, never with an error.
 */
export interface Library {
  /** What is known now; runs that are not read yet say so (`isComplete`). The newest first. */
  runs(): Promise<RunList>;

  run(id: string): Promise<RunDetail | undefined>;

  /** One answer for each question, in order; undefined if there is no such run, key or axis. */
  series(queries: readonly SeriesQuery[]): Promise<readonly (Series | undefined)[]>;

  point(query: PointQuery): Promise<Point | undefined>;

  /** All points that count, for an export. */
  points(id: string, key: string): Promise<AllPoints | undefined>;

  /** Texts from a sequence on, at most 1000 of them. */
  texts(id: string, from: number): Promise<TextPage | undefined>;
  /** Likewise lines of the console. */
  console(id: string, from: number): Promise<TextPage | undefined>;

  /** The content of an item of the media index. */
  media(id: string, item: Pick<MediaItem, "offset" | "index">): Promise<MediaContent | undefined>;

  /** Keeps what the user writes about a run; what is left out stays as it is. Undefined if there is none, or it lies where we write nothing. */
  note(id: string, notes: RunNotes): Promise<RunSummary | undefined>;

  /** The absolute path of a run's folder. */
  folder(id: string): Promise<string | undefined>;

  /** Resolves once everything that is there now was read. */
  whole(): Promise<void>;

  /** Calls back after something changed, at most every 250 ms. @returns a function that ends it. */
  onChange(listener: (change: LibraryChange) => void): () => void;

  /** Ends the worker. What is asked later is rejected. */
  close(): Promise<void>;
}

/** @throws {AcceleratorError} `OPTION_INVALID` if `directory` is no folder, or an option has no meaning. */
export async function openLibrary(
  directory: string,
  options: LibraryOptions = {},
): Promise<Library> {
  const { memoryMb } = options;
  if (memoryMb !== undefined && !(memoryMb > 0)) {
    throw new AcceleratorError("OPTION_INVALID", `memoryMb must be above 0, got ${memoryMb}.`);
  }
  const isFolder = await stat(directory).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (!isFolder) {
    throw new AcceleratorError("OPTION_INVALID", `${directory} is no folder that can be read.`);
  }
  return new ThreadLibrary(directory, options);
}

type Waiting = {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
};

/** A library whose work is done in a thread of its own. */
class ThreadLibrary implements Library {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Set<(change: LibraryChange) => void>();
  #calls = 0;
  #end: Error | undefined;

  constructor(directory: string, options: LibraryOptions) {
    // The compiler does not change this URL: it means the source in src and the built file in dist.
    this.#worker = new Worker(
      new URL(`./library-worker${extname(import.meta.url)}`, import.meta.url),
      { workerData: { directory, options } },
    );
    this.#worker.on("message", (message: LibraryMessage) => this.#receive(message));
    this.#worker.on("error", (error) => this.#stop(error));
    this.#worker.on("exit", () => this.#stop(new Error("The library is closed.")));
  }

  runs(): Promise<RunList> {
    return this.#call("runs");
  }

  run(id: string): Promise<RunDetail | undefined> {
    return this.#call("run", id);
  }

  series(queries: readonly SeriesQuery[]): Promise<readonly (Series | undefined)[]> {
    return this.#call("series", queries);
  }

  point(query: PointQuery): Promise<Point | undefined> {
    return this.#call("point", query);
  }

  points(id: string, key: string): Promise<AllPoints | undefined> {
    return this.#call("points", id, key);
  }

  texts(id: string, from: number): Promise<TextPage | undefined> {
    return this.#call("texts", id, from);
  }

  console(id: string, from: number): Promise<TextPage | undefined> {
    return this.#call("console", id, from);
  }

  media(id: string, item: Pick<MediaItem, "offset" | "index">): Promise<MediaContent | undefined> {
    return this.#call("media", id, item);
  }

  note(id: string, notes: RunNotes): Promise<RunSummary | undefined> {
    return this.#call("note", id, notes);
  }

  folder(id: string): Promise<string | undefined> {
    return this.#call("folder", id);
  }

  whole(): Promise<void> {
    return this.#call("whole");
  }

  onChange(listener: (change: LibraryChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    if (this.#end) return;
    await this.#call("close");
    this.#stop(new Error("The library is closed."));
    await this.#worker.terminate();
  }

  #call<T>(method: LibraryMethod, ...args: readonly unknown[]): Promise<T> {
    if (this.#end) return Promise.reject(this.#end);
    const id = this.#calls++;
    const call: LibraryCall = { id, method, args };
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage(call);
    });
  }

  #receive(message: LibraryMessage): void {
    if (message.kind === "change") {
      for (const listener of this.#listeners) listener(message.change);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.kind === "error") waiting?.reject(new Error(message.message));
    else waiting?.resolve(message.result as never);
  }

  /** Nothing more will be answered. */
  #stop(error: Error): void {
    this.#end ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#end);
    this.#waiting.clear();
  }
}
