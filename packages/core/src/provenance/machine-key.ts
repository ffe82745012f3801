import { randomBytes, randomUUID } from "node:crypto";
import {
  closeSync,
  fstatSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const KEY_BYTES = 32;

/**
 * The secret by which this user's processes on this machine recognise the runs that they recorded. It is made with the
 * first run, readable by the user alone, and leaves the machine with nothing: runs hold codes made with it, not the key.
 *
 * @returns undefined if there is no home to keep it in, or if others can read it.
 */
export function machineKey(): Buffer | undefined {
  try {
    const folder = stateFolder();
    const path = join(folder, "machine-key");
    return readKey(path) ?? makeKey(folder, path);
  } catch {
    return undefined; // no home, or a disk that takes no files: runs are recorded all the same
  }
}

/** `ACC_HOME`, or the folder `acc` among the user's program states. */
function stateFolder(): string {
  const { ACC_HOME, XDG_STATE_HOME } = process.env;
  return ACC_HOME || join(XDG_STATE_HOME || join(homedir(), ".local", "state"), "acc");
}

/** @returns undefined if there is none. @throws {Error} if it is not the secret of this user. */
function readKey(path: string): Buffer | undefined {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    const { mode, uid } = fstatSync(file);
    const isMine =
      process.platform === "win32" || ((mode & 0o077) === 0 && uid === process.getuid?.());
    const key = readFileSync(file);
    if (isMine && key.length === KEY_BYTES) return key;
    throw new Error(`${path} is not a secret of this user`);
  } finally {
    closeSync(file);
  }
}

/** It appears whole: of two processes that make it at once, both take the one that was there first. */
function makeKey(folder: string, path: string): Buffer | undefined {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const own = `${path}.${randomUUID()}`;
  writeFileSync(own, randomBytes(KEY_BYTES), { flag: "wx", mode: 0o600 });
  try {
    linkSync(own, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(own, { force: true });
  }
  return readKey(path);
}
