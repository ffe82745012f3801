import { LINE_FILES, type LineCounts, type NewLines } from "./file-stream.ts";

type LineFile = keyof LineCounts;
export type AddedLines = Readonly<Record<LineFile, readonly string[]>>;

const FILES = Object.keys(LINE_FILES) as LineFile[];

export function hasLines(added: AddedLines): boolean {
  return FILES.some((file) => added[file].length > 0);
}

/**
 * What a server lacks of lines that were added. After a lost answer, or in another process, some of them may be there.
 *
 * @param known how many it had before them.
 * @param server how many it has.
 */
export function missingLines(
  added: AddedLines,
  known: LineCounts,
  server: LineCounts,
): Readonly<Record<LineFile, NewLines>> {
  return eachFile((file) => {
    const lines = added[file].slice(Math.max(0, server[file] - known[file]));
    return { lines, offset: known[file] + added[file].length - lines.length };
  });
}

/** The counts once they are there. */
export function countsWith(added: AddedLines, known: LineCounts): LineCounts {
  return eachFile((file) => known[file] + added[file].length);
}

/** The larger of each. */
export function mostOf(a: LineCounts, b: LineCounts): LineCounts {
  return eachFile((file) => Math.max(a[file], b[file]));
}

function eachFile<T>(of: (file: LineFile) => T): Record<LineFile, T> {
  return {
    ...{ history: of("history"), events: of("events"), output: of("output") },
  };
}
