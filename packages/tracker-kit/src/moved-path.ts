import { existsSync } from "node:fs";
import { relative, resolve, sep } from "node:path";

/** A path that another process uses later, when folders may have been moved. */
export type SavedPath = {
  /** Absolute, as it was. */
  readonly path: string;
  /** From the tracker's folder within that of the run. */
  readonly fromRun: string;
};

/** Folders between a tracker's own and the logging directory, which is what people move. */
const DEPTH = 3;

/** @param runFolder the tracker's folder, `run.folder`. */
export function savedPath(path: string, runFolder: string): SavedPath {
  return { path: resolve(path), fromRun: relative(runFolder, path) };
}

/**
 * Where a path is now: it was moved together with the run, or is where it was. A path below the logging directory always goes with
 * the run.
 *
 * @param runFolder the tracker's folder now.
 */
export function movedPath({ path, fromRun }: SavedPath, runFolder: string): string {
  const moved = resolve(runFolder, fromRun);
  if (moved === path || isBelowLoggingDir(fromRun) || existsSync(moved)) return moved;
  return path;
}

function isBelowLoggingDir(fromRun: string): boolean {
  const ups = fromRun.split(sep).filter((part) => part === "..").length;
  return ups <= DEPTH;
}
