import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { link, open, readFile, rename, stat, unlink, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

const LOCK = "lock";
const HEARTBEAT_MS = 10_000;
/** A holder on another machine that has not been heard of for so long is gone. */
const SILENCE_MS = 60_000;
/** A lock that somebody is just writing is empty for a moment. */
const WRITING_MS = 5_000;

type Holder = {
  readonly pid: number;
  readonly host: string;
  /** When that process began, as the kernel counts; a process id is used again. */
  readonly processStart: string | undefined;
  readonly token: string;
};

/**
 * The right to deliver a recording: one process at a time. A holder that was killed loses it: on the same machine at
 * once, on another one when it has been silent for a minute.
 */
export class RunLock {
  readonly #path: string;
  readonly #heartbeat: NodeJS.Timeout;

  private constructor(path: string) {
    this.#path = path;
    this.#heartbeat = setInterval(() => {
      const now = new Date();
      utimes(path, now, now).catch(() => {}); // taken away with the folder: nothing to hold any more
    }, HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  /** @returns the lock, or who holds it. */
  static async acquire(runFolder: string): Promise<RunLock | string> {
    const path = join(runFolder, LOCK);
    const me: Holder = {
      ...{ pid: process.pid, host: hostname(), processStart: processStart(process.pid) },
      token: randomUUID(),
    };
    for (;;) {
      if (await tryCreate(path, JSON.stringify(me))) return new RunLock(path);
      const text = await readFile(path, "utf8").catch(() => undefined);
      if (text === undefined) continue; // released in between
      const holder = await liveHolder(path, text);
      if (holder !== undefined) return holder;
      const stolen = await takeAway(path, text);
      if (!stolen) return "another process that has just taken it";
    }
  }

  async release(): Promise<void> {
    clearInterval(this.#heartbeat);
    await unlink(this.#path).catch(() => {}); // gone with its folder
  }
}

async function tryCreate(path: string, text: string): Promise<boolean> {
  try {
    const file = await open(path, "wx", 0o600);
    await file.writeFile(text);
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
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
  return isAlive(holder.pid) && isSame ? name : undefined;
}

/** Removes a lock whose holder is gone. @returns false if it was somebody else's by then. */
async function takeAway(path: string, text: string): Promise<boolean> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch {
    return true; // somebody else took it away
  }
  const mine = (await readFile(aside, "utf8")) === text;
  if (!mine) await link(aside, path).catch(() => {});
  await unlink(aside);
  return mine;
}

function parse(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * When a process began: field 22 of `/proc/<pid>/stat`. Undefined where there is no such file, and for a process that
 * has ended but whose parent has not noticed.
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
