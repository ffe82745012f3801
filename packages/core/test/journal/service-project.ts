import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const CORE = fileURLToPath(new URL("../..", import.meta.url));
const FIXTURES = fileURLToPath(new URL("fixtures", import.meta.url));
/** Long, as a busy machine may take twenty times as long. */
const LIMIT_MS = 180_000;

export type Finished = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** A project of a user's own, with @acc/core and a tracker package installed. */
export class ServiceProject {
  readonly folder: string = mkdtempSync(join(tmpdir(), "acc-service-"));
  /** Where its user keeps the secret that proves who recorded a run. */
  readonly home: string = mkdtempSync(join(tmpdir(), "acc-home-"));

  constructor() {
    const scope = join(this.folder, "node_modules/@acc");
    const tracker = join(scope, "tracker-service");
    mkdirSync(tracker, { recursive: true });
    symlinkSync(CORE, join(scope, "core"));
    cpSync(join(FIXTURES, "service-tracker.mjs"), join(tracker, "index.mjs"));
    const manifest = { name: "@acc/tracker-service", type: "module", exports: "./index.mjs" };
    writeFileSync(join(tracker, "package.json"), JSON.stringify(manifest));
    cpSync(join(FIXTURES, "log.mjs"), join(this.folder, "log.mjs"));
  }

  /** Starts `node …` in the project. `finished` resolves when it has ended, which it must within a limit. */
  start(
    args: readonly string[],
    env: Record<string, string> = {},
    cwd = this.folder,
  ): { readonly child: ChildProcess; readonly finished: Promise<Finished> } {
    const child = spawn(process.execPath, args, {
      cwd,
      timeout: LIMIT_MS,
      killSignal: "SIGKILL",
      // Each project is recorded by a user of its own. Nothing is said but warnings.
      env: {
        ...{ ...process.env, NODE_OPTIONS: "", ACC_HOME: this.home, ACC_LOG_LEVEL: "warn" },
        ...env,
      },
    });
    const finished = new Promise<Finished>((resolve) => {
      let [stdout, stderr] = ["", ""];
      child.stdout.on("data", (chunk) => {
        stdout += chunk;
      });
      child.stderr.on("data", (chunk) => {
        stderr += chunk;
      });
      child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
    });
    return { child, finished };
  }

  run(args: readonly string[], env: Record<string, string> = {}, cwd?: string): Promise<Finished> {
    return this.start(args, env, cwd).finished;
  }

  /** Runs `acc …` in the project, or in a copy of it. */
  acc(args: readonly string[], env: Record<string, string> = {}, cwd?: string): Promise<Finished> {
    return this.run([join(CORE, "bin/acc.mjs"), ...args], env, cwd);
  }
}

/** How a script is started: by itself, or in a replica. */
export const WAYS: Readonly<Record<string, (script: string) => string[]>> = {
  "plain node": (script) => [script],
  "acc launch": (script) => [
    ...[join(CORE, "bin/acc.mjs"), "launch", "--num-processes", "1"],
    script,
  ],
};
