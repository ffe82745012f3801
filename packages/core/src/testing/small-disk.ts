import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { scratchFolder } from "./folders.ts";

/** In the words of `mount`. */
const DEFAULT_SIZE = "128k";

/** A small disk of its own. */
export type SmallDisk = {
  readonly folder: string;
  /** Takes every page that is free. What is there already can grow to the end of its last page. */
  readonly fill: () => void;
  /** Gives them back. */
  readonly free: () => void;
};

/**
 * Gives a test a disk of its own that is full after some pages. Where this user cannot mount one, the test is skipped, and
 * says so.
 */
export async function onSmallDisk(
  test: (disk: SmallDisk) => void | Promise<void>,
  size: string = DEFAULT_SIZE,
): Promise<void> {
  const disk = mountSmallDisk(size);
  if (disk === undefined) {
    console.log("Skipped: this user cannot mount a small disk.");
    return;
  }
  try {
    await test(disk);
  } finally {
    disk.unmount();
  }
}

function mountSmallDisk(size: string): (SmallDisk & { readonly unmount: () => void }) | undefined {
  const folder = scratchFolder();
  const mount = ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder];
  if (spawnSync("mount", mount, { timeout: 10_000 }).status !== 0) return undefined;
  const filler = join(folder, "filler");
  /** Its name until the disk is full: a script may wait for the other one. */
  const filling = join(folder, "filling");
  const page = Buffer.alloc(4096);
  return {
    folder,
    fill: () => {
      if (existsSync(filler)) renameSync(filler, filling);
      const file = openSync(filling, "a");
      try {
        for (;;) writeSync(file, page);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
      } finally {
        closeSync(file);
      }
      renameSync(filling, filler);
    },
    free: () => rmSync(filler, { force: true }),
    unmount: () => void spawnSync("umount", ["-l", folder], { timeout: 10_000 }),
  };
}
