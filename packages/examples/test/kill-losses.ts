import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { numbersInJournal } from "@acc/test-kit/faults/numbers-in-journal";

const SCRIPT = fileURLToPath(new URL("fixtures/log-at-rate.mjs", import.meta.url));
const ACC = fileURLToPath(new URL("../../core/bin/acc.mjs", import.meta.url));
const MODULES = fileURLToPath(new URL("../node_modules", import.meta.url));
const LIMIT_MS = 60_000;
/** A thread that must get its turn every so often, as the thread of the trackers must. */
const TURN_MS = 5;

/** What one killed run has lost. */
export type KillLoss = {
  readonly accepted: number;
  readonly lost: number;
  /** How old the oldest lost value was when the process was killed; 0 if none was lost. */
  readonly ageMs: number;
  /** The longest time for which a thread of another process got no turn in the second before the kill. */
  readonly stallMs: number;
};

export type KilledRun = {
  readonly tracker: string;
  readonly options: object;
  readonly ratePerSecond: number;
  /** Replicas under `acc launch`; 0 for plain `node`. */
  readonly replicas: number;
  /** From the first value to the kill. */
  readonly killAfterMs: number;
};

/** Starts a run that logs, kills it, and compares what `log` had accepted with what the journal holds. */
export async function killAndCompare(run: KilledRun): Promise<KillLoss> {
  const folder = mkdtempSync(join(tmpdir(), "acc-kill-"));
  const accepted = join(folder, "accepted");
  symlinkSync(MODULES, join(folder, "node_modules"));
  const launch = ["launch", "--num-processes", String(run.replicas)];
  const child = spawn(process.execPath, run.replicas === 0 ? [SCRIPT] : [ACC, ...launch, SCRIPT], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
    ...{ timeout: LIMIT_MS, killSignal: "SIGKILL" },
    env: {
      ...{ ...process.env, NODE_OPTIONS: "", ACC_HOME: join(folder, "home") },
      ...{ TRACKER: run.tracker, OPTIONS: JSON.stringify(run.options), ACCEPTED: accepted },
      RATE: String(run.ratePerSecond),
    },
  });
  let output = "";
  child.stderr.on("data", (chunk) => {
    output += chunk;
  });
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  const stalls = new StallWatch();
  try {
    while (linesOf(accepted).length === 0) {
      if (child.exitCode !== null) throw new Error(`${run.tracker}: it ended by itself\n${output}`);
      await pause(5);
    }
    await pause(run.killAfterMs);
    const killedMs = Date.now();
    child.kill("SIGKILL");
    await ended;
    const stallMs = await stalls.longestSince(killedMs - 1000);
    const found = await numbersInJournal(join(folder, "runs"));
    const lines = linesOf(accepted);
    const [count = 0] = lines.at(-1) ?? [];
    // A line is written after its calls: its values are at least as old as it says.
    const first = lines.find(([reached]) => reached > found);
    const ageMs = first ? Math.max(0, killedMs - first[1]) : 0;
    return { accepted: count, lost: Math.max(0, count - found), ageMs, stallMs };
  } finally {
    child.kill("SIGKILL");
    await stalls.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How many were accepted, and when; a last line that is not whole is left out. */
function linesOf(path: string): [count: number, atMs: number][] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => line.split(" ").map(Number) as [number, number]);
}

/** Measures for how long a thread of this process gets no turn. */
class StallWatch {
  readonly #worker = new Worker(
    `const { parentPort } = require("node:worker_threads");
    let last = Date.now();
    setInterval(() => { const now = Date.now(); parentPort.postMessage([now, now - last]); last = now; }, ${TURN_MS});`,
    { eval: true },
  );
  readonly #turns: [atMs: number, afterMs: number][] = [];

  constructor() {
    this.#worker.on("message", (turn: [number, number]) => this.#turns.push(turn));
  }

  async longestSince(ms: number): Promise<number> {
    await pause(4 * TURN_MS);
    return Math.max(0, ...this.#turns.filter(([at]) => at >= ms).map(([, after]) => after));
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}
