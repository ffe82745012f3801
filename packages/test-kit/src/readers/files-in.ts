import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The contents of all files below a folder; links, such as W&B's `latest-run`, are not followed. */
export function filesIn(folder: string): Buffer[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesIn(path);
    return entry.isFile() ? [readFileSync(path)] : [];
  });
}
