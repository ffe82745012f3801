import { realpath } from "node:fs/promises";
import { resolve } from "node:path";
import { AcceleratorError } from "../errors.ts";
import { isWithin } from "./is-within.ts";

/**
 * The path of a file that a run keeps. A recording is data that others may have written: it must not name files outside
 * of its folder, neither by `..` or a whole path nor by a symbolic link.
 *
 * @throws {AcceleratorError} `VALUE_INVALID` if it does, or if the file is gone.
 */
export async function containedPath(runFolder: string, path: string): Promise<string> {
  const whole = resolve(runFolder, path);
  const [folder, file] = await Promise.all([
    realpath(runFolder),
    realpath(whole).catch(() => undefined),
  ]);
  if (file === undefined) throw invalid(`the file ${path} of the run is not there any more`);
  if (file !== folder && isWithin(folder, file)) return file;
  throw invalid(
    `the run names the file ${path}, which lies outside of its folder: it is not read. A file of which no copy could ` +
      "be kept while the run was recorded is lost to it",
  );
}

function invalid(message: string): AcceleratorError {
  return new AcceleratorError("VALUE_INVALID", message);
}
