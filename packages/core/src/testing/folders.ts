import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A new folder with a parent of its own, so that one can see what is written beside it. */
export function scratchFolder(): string {
  const folder = join(mkdtempSync(join(tmpdir(), "acc-contract-")), "project");
  mkdirSync(folder);
  return folder;
}

/** A folder in which this user can create nothing: a read-only one; one below a file for the superuser. */
export function unwritableFolder(): string {
  const folder = scratchFolder();
  chmodSync(folder, 0o500);
  const probe = join(folder, "probe");
  try {
    writeFileSync(probe, "");
  } catch {
    return folder;
  }
  return join(probe, "folder");
}
