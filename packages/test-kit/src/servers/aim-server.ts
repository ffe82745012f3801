import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { pythonOf } from "../peers/python.ts";
import { freePort } from "./free-port.ts";

const READER = fileURLToPath(
  new URL("../../../trackers/aim/test/fixtures/read.py", import.meta.url),
);
const START_TIMEOUT_MS = 60_000;

/** Python that has Aim; undefined if it was not installed. */
export const python: string | undefined = pythonOf(
  "packages/trackers/aim/test/fixtures/requirements.txt",
);
/** Folder of the program `aim`. */
export const aimFolder: string = dirname(python ?? "/nowhere/python");

/** A real `aim server` on a repository of its own. */
export class AimServer {
  readonly repo: string = mkdtempSync(join(tmpdir(), "acc-aim-repo-"));
  port = 0;
  #process: ChildProcess | undefined;

  static async start(): Promise<AimServer> {
    const server = new AimServer();
    server.port = await freePort();
    await server.start();
    return server;
  }

  get url(): string {
    return `aim://127.0.0.1:${this.port}`;
  }

  /** Starts it at the port it has. */
  async start(): Promise<void> {
    const args = ["server", "--repo", this.repo, "--host", "127.0.0.1", "--port", `${this.port}`];
    this.#process = spawn(join(aimFolder, "aim"), [...args, "-y"], {
      detached: true, // its own child is in the group too
      stdio: "ignore",
    });
    const limit = Date.now() + START_TIMEOUT_MS;
    while (!(await this.#answers())) {
      if (Date.now() > limit) throw new Error("aim server did not start");
      await sleep(100);
    }
  }

  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child?.pid) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    process.kill(-child.pid, "SIGKILL");
    await ended;
  }

  async #answers(): Promise<boolean> {
    try {
      return (await fetch(`http://127.0.0.1:${this.port}/status/`)).ok;
    } catch {
      return false;
    }
  }
}

export type ReadSequence = {
  readonly name: string;
  readonly context: { readonly [key: string]: unknown };
  readonly info: { readonly [key: string]: unknown };
  readonly points: readonly {
    readonly step: number;
    readonly value: unknown;
    readonly epoch: number | null;
    readonly time?: number;
  }[];
};

/** A run as aim.Repo reads it. */
export type ReadRun = {
  readonly hash: string;
  readonly name: string;
  readonly experiment: string;
  readonly description: string | null;
  readonly tags: readonly string[];
  readonly active: boolean;
  readonly artifacts: { readonly [name: string]: unknown };
  readonly params: { readonly [key: string]: unknown };
  readonly sequences: readonly ReadSequence[];
  readonly creation_time: number;
  readonly end_time: number | null;
};

/** Every run of a repository, read by aim.Repo. */
export async function readRepo(repo: string, ...options: string[]): Promise<ReadRun[]> {
  const { stdout } = await promisify(execFile)(python as string, [READER, repo, ...options], {
    timeout: 60_000,
    maxBuffer: 2 ** 28,
  });
  return JSON.parse(stdout) as ReadRun[];
}

/** Runs a program of the official client, in which `url` is the server's; returns what it prints. */
export async function runOfficial(server: AimServer, program: string): Promise<string> {
  const prelude = [
    "import aim, logging",
    "logging.disable(logging.WARNING)",
    `url = "${server.url}"`,
    "quiet = dict(system_tracking_interval=None, capture_terminal_logs=False, log_system_params=False)",
  ].join("\n");
  const { stdout } = await promisify(execFile)(python as string, ["-c", `${prelude}\n${program}`], {
    timeout: 60_000,
  });
  return stdout;
}
