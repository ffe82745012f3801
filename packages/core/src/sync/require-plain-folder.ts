import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { AcceleratorError } from "../errors.ts";
import { COPIES_FOLDER } from "../journal/run-folder.ts";

/**
 * Checks that what is written in the folder of a run stays there: nothing in it is a link or a pipe. We never make one.
 * The copies of logged files are left out: each is checked when it is read.
 *
 * @throws {AcceleratorError} `JOURNAL_INVALID` naming the first.
 */
export async function requirePlainFolder(runFolder: string): Promise<void> {
  await requirePlain(runFolder, (name) => name === COPIES_FOLDER);
}

async function requirePlain(folder: string, isLeftOut: (name: string) => boolean): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!isLeftOut(entry.name)) await requirePlain(path, () => false);
    } else if (!entry.isFile()) {
      throw new AcceleratorError(
        "JOURNAL_INVALID",
        `${path} is not a file but a link or a device, which a run never has: its files would be written elsewhere. ` +
          "Remove it.",
      );
    }
  }
}
