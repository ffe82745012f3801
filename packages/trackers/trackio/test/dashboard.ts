import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { freePort } from "@acc/test-kit/servers/free-port";

const START_LIMIT_MS = 120_000;
const COMMAND_LIMIT_MS = 100_000;

export const TOKEN = "token-that-nobody-may-see";

/** The real `trackio show` on loopback, over a folder of its own. */
export class Dashboard {
  readonly #python: string;
  readonly dir: string;
  readonly port: number;
  readonly #env: Record<string, string>;
  #child: ChildProcess | undefined;

  private constructor(python: string, port: number, dir: string, env: Record<string, string>) {
    this.#python = python;
    this.port = port;
    this.dir = dir;
    this.#env = env;
  }

  /** @param dir Default: a new folder. @param env added to its environment. */
  static async start(
    python: string,
    {
      dir = mkdtempSync(join(tmpdir(), "acc-trackio-")),
      env = {},
    }: { dir?: string; env?: Record<string, string> } = {},
  ): Promise<Dashboard> {
    const dashboard = new Dashboard(python, await freePort(), dir, env);
    await dashboard.#start();
    return dashboard;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child?.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once("close", resolve));
      child.kill("SIGKILL");
      await ended;
    }
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** A call of the server's interface, as its pages make it. */
  async call<T>(api: string, args: object): Promise<T> {
    const response = await fetch(`${this.url}/api/${api}`, {
      ...{ method: "POST", headers: { "content-type": "application/json" } },
      body: JSON.stringify(args),
      signal: AbortSignal.timeout(COMMAND_LIMIT_MS),
    });
    return ((await response.json()) as { data: T }).data;
  }

  /** What the command prints with `--json`. */
  async command<T>(...args: string[]): Promise<T> {
    return JSON.parse(await trackio(this.#python, this.dir, ...args, "--json")) as T;
  }

  /** Waits until the inbox is imported. */
  async imported(isThere: () => Promise<boolean>): Promise<void> {
    const until = Date.now() + START_LIMIT_MS;
    while (!(await isThere())) {
      if (Date.now() > until) throw new Error("the inbox was not imported");
      await sleep(200);
    }
  }

  async #start(): Promise<void> {
    const log = join(this.dir, "show.log");
    const output = openSync(log, "a");
    this.#child = spawn(programOf(this.#python), ["show"], {
      stdio: ["ignore", output, output],
      env: {
        ...process.env,
        ...{ TRACKIO_DIR: this.dir, TRACKIO_WRITE_TOKEN: TOKEN, TRACKIO_INBOX_POLL_INTERVAL: "5" },
        ...{ GRADIO_SERVER_PORT: String(this.port), GRADIO_NUM_PORTS: "1", BROWSER: "true" },
        ...{ HF_HUB_OFFLINE: "1", ...this.#env },
      },
    });
    const until = Date.now() + START_LIMIT_MS;
    while (!(await this.#answers())) {
      if (this.#child.exitCode !== null || Date.now() > until) {
        throw new Error(`trackio show did not start:\n${readFileSync(log, "utf8").slice(-3000)}`);
      }
      await sleep(200);
    }
  }

  async #answers(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/version`, { signal: AbortSignal.timeout(2000) })).ok;
    } catch {
      return false;
    }
  }
}

/** The official command, over a folder. */
export async function trackio(python: string, dir: string, ...args: string[]): Promise<string> {
  const env = { ...process.env, TRACKIO_DIR: dir, HF_HUB_OFFLINE: "1" };
  const options = { env, timeout: COMMAND_LIMIT_MS };
  return (await promisify(execFile)(programOf(python), args, options)).stdout;
}

function programOf(python: string): string {
  return join(dirname(python), "trackio");
}
