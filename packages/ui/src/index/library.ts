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
import type { MediaContent, PointQuery, Series, SeriesQuery } from "../wire/series.ts";

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

  /** Texts from a sequence on, at most 1000 of them. */
  texts(id: string, from: number): Promise<TextPage | undefined>;

  /** The content of an item of the media index. */
  media(id: string, item: Pick<MediaItem, "offset" | "index">): Promise<MediaContent | undefined>;

  /** Keeps what the user writes about a run; `undefined` if there is none, or it lies where we write nothing. */
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
  _directory: string,
  _options: LibraryOptions = {},
): Promise<Library> {
  throw new Error("not yet");
}
