import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  type FileHandle,
  link,
  lstat,
  open,
  readFile,
  rename,
  stat,
  truncate,
  unlink,
  utimes,
} from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { AcceleratorError } from "../errors.ts";
import { isRunning } from "../is-running.ts";

const LOCK = "lock";
const HEARTBEAT_MS = 10_000;
/** A holder on another machine counts as dead after this time without a sign of life. */
const SILENCE_MS = 60_000;
/** A lock file that is being written is empty for a moment. */
const WRITING_MS = 5_000;
/** A lock that was released before its holder could be read is tried for again. */
const MAX_ATTEMPTS = 100;
const TAKEN = "another process that has just taken it";

type Holder = {
  readonly pid: number;
  readonly host: string;
  /** Start time of that process, in the kernel's units; process ids are reused. */
  readonly processStart: string | undefined;
  readonly token: string;
};

/**
 * The right to deliver a run, or to write in a folder: one process at a time. A killed holder loses it: on the same machine at once, on
 * another machine after a minute without a sign of life.
 */
export class RunLock {
  readonly #path: string;
  readonly #heartbeat: NodeJS.Timeout;

  private constructor(path: string) {
    this.#path = path;
    this.#heartbeat = setInterval(() => {
      const now = new Date();
      utimes(path, now, now).catch(() => {}); // the folder was removed: nothing to lock any more
    }, HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  /**
   * @returns the lock, or who holds it.
   * @throws {AcceleratorError} `JOURNAL_INVALID` if something else is where the lock should be.
   */
  static async acquire(folder: string, name: string = LOCK): Promise<RunLock | string> {
    const path = join(folder, name);
    const me: Holder = {
      ...{ pid: process.pid, host: hostname(), processStart: processStart(process.pid) },
      token: randomUUID(),
    };
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (await tryCreate(path, JSON.stringify(me))) return new RunLock(path);
      await requireFile(path);
      const text = await readFile(path, "utf8").catch(ifReleased);
      if (text === undefined) continue;
      const holder = await liveHolder(path, text);
      if (holder !== undefined) return holder;
      const stolen = await takeAway(path, text);
      if (!stolen) return TAKEN;
    }
    return TAKEN; // others take it and release it all the time
  }

  /** Who holds the lock of a run, if somebody does. @throws {AcceleratorError} as `acquire` does. */
  static async holderOf(runFolder: string): Promise<string | undefined> {
    const path = join(runFolder, LOCK);
    await requireFile(path);
    const text = await readFile(path, "utf8").catch(ifReleased);
    return text === undefined ? undefined : await liveHolder(path, text);
  }

  /** Never rejects. A file that the system does not remove is made empty and old, which counts as free. */
  async release(): Promise<void> {
    clearInterval(this.#heartbeat);
    try {
      await unlink(this.#path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return; // removed with its folder
      await truncate(this.#path).catch(() => {});
      await utimes(this.#path, 0, 0).catch(() => {});
    }
  }
}

async function tryCreate(path: string, text: string): Promise<boolean> {
  let file: FileHandle;
  try {
    file = await open(path, "wx", 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
  try {
    await file.writeFile(text);
    return true;
  } catch (error) {
    await unlink(path).catch(() => {}); // a full disk: an empty lock would keep others away for a while
    throw error;
  } finally {
    await file.close();
  }
}

/** A folder, a link or a pipe is not a lock: waiting for its holder would never end. */
async function requireFile(path: string): Promise<void> {
  const stats = await lstat(path).catch(ifReleased);
  if (stats === undefined || stats.isFile()) return;
  throw new AcceleratorError(
    "JOURNAL_INVALID",
    `${path} should be the lock of the run, but it is no file. Remove it.`,
  );
}

/** The holder may release the lock at any moment. @throws {Error} of the file system for everything else. */
function ifReleased(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}

/** Who holds the lock, if they are alive. */
async function liveHolder(path: string, text: string): Promise<string | undefined> {
  const silentMs = await stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => Number.POSITIVE_INFINITY,
  );
  const holder = parse(text);
  if (!holder) return silentMs < WRITING_MS ? "another process" : undefined;
  const name = `process ${holder.pid} on ${holder.host}`;
  if (holder.host !== hostname()) return silentMs < SILENCE_MS ? name : undefined;
  const isSame = holder.processStart === processStart(holder.pid);
  return isRunning(holder.pid) && isSame ? name : undefined;
}

/** Removes the lock of a dead holder. @returns false if another process has taken it meanwhile. */
async function takeAway(path: string, text: string): Promise<boolean> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    ifReleased(error as NodeJS.ErrnoException);
    return true;
  }
  const mine = (await readFile(aside, "utf8")) === text;
  if (!mine) await link(aside, path).catch(() => {});
  await unlink(aside);
  return mine;
}

function parse(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Holder | null;
    const isOne = Number.isSafeInteger(holder?.pid) && Number(holder?.pid) > 0;
    return isOne && typeof holder?.host === "string" ? holder : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Start time of a process: field 22 of `/proc/<pid>/stat`. Undefined where there is no such file, and for a process
 * that has ended but whose parent has not noticed.
 */
function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state = "", ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return "ZX".includes(state) ? undefined : fields[18];
  } catch {
    return undefined;
  }
}
