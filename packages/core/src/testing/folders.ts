import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const DISK_SIZE = "128k";

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

/** A disk that is full after some pages; undefined if this user cannot mount one. */
export function fullDisk(): { readonly folder: string; readonly unmount: () => void } | undefined {
  const folder = scratchFolder();
  const mount = ["-t", "tmpfs", "-o", `size=${DISK_SIZE}`, "tmpfs", folder];
  if (spawnSync("mount", mount, { timeout: 10_000 }).status !== 0) return undefined;
  const unmount = (): void => void spawnSync("umount", ["-l", folder], { timeout: 10_000 });
  return { folder, unmount };
}
