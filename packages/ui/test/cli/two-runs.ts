import { spawn } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { logged, newFolder, runFolder, writeJournal } from "../index/make-journal.ts";

const ACC = fileURLToPath(new URL("../../../core/bin/acc.mjs", import.meta.url));
const PACKAGE = fileURLToPath(new URL("../..", import.meta.url));
const LIMIT_MS = 60_000;
/** Where two runs are, and `@acc/ui` is installed. */
export const directory: string = newFolder();
export type Result = {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** Runs `acc` where `@acc/ui` is installed, or where it is not. */
export function acc(args: readonly string[], cwd = directory): Promise<Result> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [ACC, ...args], {
      ...{ cwd, timeout: LIMIT_MS, killSignal: "SIGKILL" },
      env: { ...process.env, NODE_OPTIONS: "" },
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

export const A: string = `a${"0".repeat(31)}`;
export const B: string = `b${"0".repeat(31)}`;

const SAMPLE = {
  ...{ cpuPercent: 50, cores: [50], loadAverage: 1 },
  memory: { totalBytes: 400, availableBytes: 100 },
  ...{ process: { cpuPercent: 80, rssBytes: 1 << 20 }, replicas: [] },
};

/** Makes the runs, which have what terminals and spreadsheets would obey. */
export async function makeRuns(): Promise<void> {
  mkdirSync(join(directory, "node_modules/@acc"), { recursive: true });
  symlinkSync(PACKAGE, join(directory, "node_modules/@acc/ui"));
  const config = (lr: number): object => ({ type: "config", values: { lr, batch: 64 } });
  await writeJournal(
    runFolder(directory, "a"),
    [
      ...[config(0.1), logged({ loss: 2, "test/accuracy": 0.5 }, 0)],
      ...[logged({ loss: Number.NaN }, 1), logged({ loss: 0.25 }, 2)],
      logged({ '=2+5,"x"': 1, "evil\u001b]0;title\u0007\u202e": 3 }, 3),
      {
        ...{ type: "console", to: [], context: { wallTimeMs: 1_000_000 } },
        lines: [{ text: "printed \u001b[2J", timeMs: 1_000_000, isError: false, rank: 1 }],
      },
      { type: "system", to: [], context: { wallTimeMs: 1_000_000 }, sample: SAMPLE },
      { type: "finish", status: "success" },
    ],
    { id: A, projectName: "evil\u001b[2Jproject" },
  );
  await writeJournal(
    runFolder(directory, "b"),
    [config(0.01), logged({ loss: 1 }, 0), { type: "finish", status: "failure" }],
    { id: B, startedMs: 2_000_000 },
  );
}
