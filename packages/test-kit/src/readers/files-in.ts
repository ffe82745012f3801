import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The contents of all files below a folder. */
export function filesIn(folder: string): Buffer[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
}
