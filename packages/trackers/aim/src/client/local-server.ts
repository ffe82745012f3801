import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, closeSync, constants, mkdirSync, openSync } from "node:fs";
import type { Socket } from "node:net";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { TrackerUnreachableError } from "@acc/core/tracker";
import { messageOf, whenWritable } from "@acc/tracker-kit";
import { waitForAim } from "./find-server.ts";

const HOST = "127.0.0.1";
/** Importing Aim in Python takes some seconds on a busy machine. */
const START_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 5000;
/**
 * `aim server` starts the server as a child, which survives its parent. So both are in a process group of their own.
 * The group ends when the server ends, or when this process ends in any way, which closes our end of the pipe.
 */
const SCRIPT = '("$@"; kill -TERM 0) & cat > /dev/null; kill -TERM 0';

/** `aim server` on a repository of this machine, for as long as a run writes to it. */
export class LocalServer {
  readonly baseUrl: string;
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;

  /**
   * Starts a server on a free port; it makes the repository if there is none.
   *
   * @param logFolder for what the server prints.
   * @throws {TrackerUnreachableError} `permanent` if Aim is not installed; else if the server does not answer in time.
   */
  static async start(repo: string, logFolder: string, signal: AbortSignal): Promise<LocalServer> {
    const program = findProgram("aim");
    if (program === undefined) {
      throw new TrackerUnreachableError(
        `Aim is not installed (pip install aim), and nothing else can write the repository ${repo}`,
        { permanent: true },
      );
    }
    const log = await whenWritable("The Aim repository", async () => {
      mkdirSync(repo, { recursive: true });
      mkdirSync(logFolder, { recursive: true });
      return openSync(join(logFolder, "aim-server.log"), "a", 0o600);
    });
    const port = await freePort();
    const server = [program, "server", "--repo", repo, "--host", HOST, "--port", `${port}`, "-y"];
    const child = spawn("/bin/sh", ["-c", SCRIPT, "aim-server", ...server], {
      detached: true,
      stdio: ["pipe", log, log],
    });
    closeSync(log);
    child.stdin?.on("error", () => {}); // it ended before us
    child.unref();
    (child.stdin as Socket).unref();
    const started = new LocalServer(child, `http://${HOST}:${port}`);
    try {
      await started.#ready(signal);
    } catch (cause) {
      await started.stop();
      throw new TrackerUnreachableError(
        `aim server did not start on ${repo} (${messageOf(cause)}); its output is in ${join(logFolder, "aim-server.log")}`,
        { cause },
      );
    }
    return started;
  }

  private constructor(child: ChildProcess, baseUrl: string) {
    this.#process = child;
    this.baseUrl = baseUrl;
    this.#ended = new Promise((resolve) => {
      child.once("exit", () => resolve());
      child.once("error", () => resolve()); // there is no shell
    });
  }

  get isRunning(): boolean {
    const { pid, exitCode, signalCode } = this.#process;
    return pid !== undefined && exitCode === null && signalCode === null;
  }

  /** Ends the server; resolves once it is gone. */
  async stop(): Promise<void> {
    if (!this.isRunning) return;
    this.#process.ref();
    this.#signal("SIGTERM");
    const timer = setTimeout(() => this.#signal("SIGKILL"), STOP_TIMEOUT_MS);
    await this.#ended;
    clearTimeout(timer);
  }

  async #ready(signal: AbortSignal): Promise<void> {
    const failed = new AbortController();
    void this.#ended.then(() => failed.abort(new TrackerUnreachableError("it ended")));
    const limits = [signal, failed.signal, AbortSignal.timeout(START_TIMEOUT_MS)];
    await waitForAim(this.baseUrl, {}, AbortSignal.any(limits));
    if (!this.isRunning) throw new TrackerUnreachableError("it ended"); // another program has the port
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#process;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // the group is gone already
    }
  }
}

/** Where a program is on PATH. */
function findProgram(name: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, HOST, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
