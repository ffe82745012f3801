/** What every tracker of a service must survive without losing or doubling a value. */
import { type ChildProcess, spawn } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type FaultMode, FaultProxy } from "./fault-proxy.ts";
import { numbersInJournal } from "./numbers-in-journal.ts";

const CORE = fileURLToPath(new URL("../../../core", import.meta.url));
const TRACKERS = fileURLToPath(new URL("../../../trackers", import.meta.url));
const SCRIPT = fileURLToPath(new URL("log-values.mjs", import.meta.url));
const COUNT = 60;
const LIMIT_MS = 90_000;
/** A service comes back after the tracker has noticed the fault, or at the latest after this time. */
const STRIKE_LIMIT_MS = 2500;
const OBSTACLE = /cannot deliver now/;
const KILLS = 20;
/** How many runs go on, and are killed, at the same time. */
const KILL_JOBS = 2;
const KILL_PAUSE_MS = 5;
/** About how long a run takes after its first number, if its service answers at once. */
const KILL_SPAN_MS = 600;

export type FaultSubject = {
  /** Name of the tracker, and the folder of its package. */
  readonly tracker: string;
  readonly folder: string;
  /** Port of the server on loopback. */
  readonly port: number;
  /** Environment that makes the tracker use a port. */
  readonly env?: (port: number) => Record<string, string>;
  readonly options?: (port: number) => object;
  /**
   * The numbers that the service holds under "value", in the order of their steps, of the run made in `work` alone: the
   * last part of that path is the name of its project.
   */
  readonly read: (work: string) => number[] | Promise<number[]>;
  /** The same for many runs, if a reader takes long to start. */
  readonly readAll?: (works: readonly string[]) => Promise<number[][]>;
  /** Keys and passwords that the tracker is given: no output and no file of the run may hold them. */
  readonly secrets?: readonly string[];
  /** Between two numbers while the service has a fault; by default 20. */
  readonly pauseMs?: number;
  /** How long the script waits for the service at its end; by default 3000. */
  readonly deliveryTimeoutMs?: number;
  /** The latest moment of a kill, counted from the first number; by default 600, about the duration of the run. */
  readonly killSpanMs?: number;
};

type Fault = {
  readonly before: FaultMode;
  readonly during?: FaultMode;
  readonly after?: FaultMode;
} & Expectation;

/** What the script must print. */
type Expectation = { readonly said?: boolean; readonly undone?: boolean };

/**
 * By name: what the service does during the run. It works again before `acc sync`. `said`: the script must say that it
 * cannot deliver. `undone`: it ends without having delivered everything, and must say so.
 */
export const FAULTS: Readonly<Record<string, Fault>> = {
  "is down from the start": { before: "down", said: true, undone: true },
  "dies and comes back": { before: "pass", during: "down", after: "pass", said: true },
  "answers 429": { before: 429, after: "pass", said: true },
  "answers 500": { before: "pass", during: 500, said: true, undone: true },
  "answers 503": { before: 503, said: true, undone: true },
  hangs: { before: "pass", during: "hang", undone: true },
  "resets connections in the middle of an answer": {
    ...{ before: "pass", during: "reset", after: "pass", said: true },
  },
  "answers garbage": { before: "pass", during: "garbage", said: true, undone: true },
  "takes a second for every answer": { before: "slow" },
};

/**
 * Runs a script through a proxy with a fault, then `acc sync`.
 *
 * @throws {Error} unless the script ended well and in time, said once what is wrong and what to do, and every number is
 *   there once.
 */
export async function surviveFault(fault: string, subject: FaultSubject): Promise<void> {
  const { before, during, after, ...expected } = FAULTS[fault] as Fault;
  const proxy = new FaultProxy(subject.port);
  await proxy.start();
  try {
    const work = createProject(subject);
    await proxy.become(before);
    const script = startScript(work, subject, proxy.port, subject.pauseMs ?? 20);
    const { finished, reached } = script;
    await reached(COUNT / 3);
    if (during) await proxy.become(during);
    await reached((2 * COUNT) / 3);
    if (after) {
      await script.hasComplained(STRIKE_LIMIT_MS);
      await proxy.become(after);
    }
    const { code, output } = await finished;
    if (code !== 0) throw new Error(`the script ended with ${code}:\n${output}`);
    await proxy.become("pass");
    const synced = await sync(work, subject, proxy.port);
    expectClear(output, expected);
    expectSecrecy(work, output + synced, subject);
    expectNumbers(await subject.read(work), COUNT);
    rmSync(work, { recursive: true });
  } finally {
    await proxy.stop();
  }
}

/**
 * Kills scripts at many moments of their runs, half of them evenly spaced and half at random, then runs `acc sync`: the
 * service must hold everything that the journal holds, once.
 */
export async function surviveKills(subject: FaultSubject): Promise<void> {
  const spanMs = subject.killSpanMs ?? KILL_SPAN_MS;
  const moments = Array.from({ length: KILLS }, (_, index) =>
    Math.round(spanMs * (index % 2 === 0 ? index / KILLS : Math.random())),
  );
  const queue = [...moments];
  const runs: { moment: number; work: string; expected: number }[] = [];
  const takeTurns = async (): Promise<void> => {
    for (let moment = queue.shift(); moment !== undefined; moment = queue.shift()) {
      runs.push({ moment, ...(await killAndSync(moment, subject)) });
    }
  };
  await Promise.all(Array.from({ length: KILL_JOBS }, takeTurns));
  const works = runs.map(({ work }) => work);
  const held = subject.readAll
    ? await subject.readAll(works)
    : await Promise.all(works.map((work) => subject.read(work)));
  for (const [index, { moment, expected }] of runs.entries()) {
    expectNumbers(held[index] ?? [], expected, `killed after ${moment} ms`);
  }
  for (const work of works) rmSync(work, { recursive: true });
}

/** @returns `expected`: how many numbers the journal holds. */
async function killAndSync(
  afterMs: number,
  subject: FaultSubject,
): Promise<{ work: string; expected: number }> {
  const work = createProject(subject);
  const { child, finished, reached } = startScript(work, subject, subject.port, KILL_PAUSE_MS);
  await reached(1);
  setTimeout(() => child.kill("SIGKILL"), afterMs);
  const { output } = await finished;
  const synced = await sync(work, subject, subject.port);
  expectSecrecy(work, output + synced, subject);
  return { work, expected: await numbersInJournal(join(work, "runs")) };
}

function createProject({ tracker, folder }: FaultSubject): string {
  const work = mkdtempSync(join(tmpdir(), "acc-faults-"));
  const scope = join(work, "node_modules/@acc");
  mkdirSync(scope, { recursive: true });
  symlinkSync(CORE, join(scope, "core"));
  symlinkSync(join(TRACKERS, folder), join(scope, `tracker-${tracker.replaceAll("_", "-")}`));
  copyFileSync(SCRIPT, join(work, "log-values.mjs"));
  return work;
}

type Script = {
  readonly child: ChildProcess;
  readonly finished: Promise<{ code: number | string | null; output: string }>;
  /** Resolves once this many numbers were logged, or the script has ended. */
  readonly reached: (count: number) => Promise<void>;
  readonly hasComplained: (limitMs: number) => Promise<void>;
};

function startScript(work: string, subject: FaultSubject, port: number, pauseMs: number): Script {
  const env = {
    PROJECT: basename(work),
    COUNT: String(COUNT),
    PAUSE: String(pauseMs),
    DELIVERY_TIMEOUT: String(subject.deliveryTimeoutMs ?? 3000),
  };
  const child = spawn(process.execPath, ["log-values.mjs"], {
    cwd: work,
    timeout: LIMIT_MS,
    killSignal: "SIGKILL",
    env: environment(subject, port, env),
  });
  let [stdout, output] = ["", ""];
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    output += chunk;
  });
  const accepted = (): number => stdout.match(/^\d+$/gm)?.length ?? 0;
  let hasEnded = false;
  const finished: Script["finished"] = new Promise((resolve) => {
    child.on("close", (code, signal) => {
      hasEnded = true;
      const said = stdout.replaceAll(/^\d+\n/gm, "");
      resolve({ code: code ?? signal, output: said + output });
    });
  });
  const reached = async (count: number): Promise<void> => {
    while (accepted() < count && !hasEnded) await pause();
  };
  const hasComplained = async (limitMs: number): Promise<void> => {
    const until = Date.now() + limitMs;
    while (!OBSTACLE.test(output) && Date.now() < until && !hasEnded) await pause();
  };
  return { child, finished, reached, hasComplained };
}

async function sync(work: string, subject: FaultSubject, port: number): Promise<string> {
  const args = [join(CORE, "bin/acc.mjs"), "sync", "runs"];
  const env = environment(subject, port, {});
  const child = spawn(process.execPath, args, {
    ...{ cwd: work, env, timeout: LIMIT_MS, killSignal: "SIGKILL" },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  const code = await new Promise((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error(`acc sync ended with ${code}:\n${output}`);
  return output;
}

function environment(
  subject: FaultSubject,
  port: number,
  more: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const options = JSON.stringify(subject.options?.(port) ?? {});
  const env = { NODE_OPTIONS: "", TRACKER: subject.tracker, OPTIONS: options, ...more };
  return { ...process.env, ...env, ...subject.env?.(port) };
}

/** Nothing is printed twice, and undelivered values are reported with the command that delivers them. */
function expectClear(output: string, { said = false, undone = false }: Expectation): void {
  const lines = output.split("\n").filter((line) => line.trim() !== "");
  const count = (part: string): number => lines.filter((line) => line.includes(part)).length;
  const [obstacles, advice] = [count("cannot deliver now"), count("npx acc sync ")];
  const isClear =
    new Set(lines).size === lines.length &&
    (said ? obstacles === 1 : obstacles <= 1) &&
    (undone ? advice === 1 : advice <= 1) &&
    !/ failed in \d|aborted|\n\s+at /.test(output);
  if (!isClear) throw new Error(`This is not clear, said twice, or not said:\n${output}`);
}

function expectSecrecy(work: string, output: string, { secrets = [] }: FaultSubject): void {
  const files = readdirSync(join(work, "runs"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  for (const secret of secrets) {
    if (output.includes(secret)) throw new Error(`The key is in what was said:\n${output}`);
    const file = files.find((path) => readFileSync(path).includes(secret));
    if (file !== undefined) throw new Error(`The key is in ${file}`);
  }
}

/** The numbers from 0 on, each once. */
function expectNumbers(numbers: readonly number[], count: number, when = ""): void {
  if (numbers.length === count && numbers.every((number, index) => number === index)) return;
  throw new Error(`Expected ${count} numbers from 0 on; the service holds ${numbers} ${when}`);
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}
