import { readdirSync, type Stats, statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { AcceleratorError } from "../errors.ts";
import { nearestName } from "../options/nearest-name.ts";
import { EXIT } from "./exit-codes.ts";

/**
 * Checks that a folder that the user named is there.
 *
 * @param owner the command, for the message.
 * @throws {AcceleratorError} `DIRECTORY_NOT_FOUND` with the name that was probably meant.
 */
export function requireFolder(owner: string, directory: string): void {
  if (directory === "") throw notFound(`${owner}: the name of the folder is empty.`);
  const path = resolve(directory);
  const stats = statsOf(path);
  if (stats?.isDirectory()) return;
  if (stats) {
    throw notFound(`${owner}: ${directory} is a file. Name the folder that it is in.`);
  }
  let missing = path;
  while (!namesIn(dirname(missing))) missing = dirname(missing);
  const parent = dirname(missing);
  const near = nearestName(basename(missing), namesIn(parent) ?? []);
  const advice = near === undefined ? "" : ` Did you mean "${near}"?`;
  throw notFound(`${owner}: there is no "${basename(missing)}" in ${parent}.${advice}`);
}

function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** What is in a folder; undefined if it is none. One that may not be read has nothing to offer. */
function namesIn(folder: string): string[] | undefined {
  try {
    return readdirSync(folder);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EACCES" ? [] : undefined;
  }
}

function notFound(message: string): AcceleratorError {
  return new AcceleratorError("DIRECTORY_NOT_FOUND", message, { exitCode: EXIT.notFound });
}
