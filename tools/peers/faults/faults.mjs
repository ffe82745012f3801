/** What every tracker of a service must survive without losing or doubling a value. */
import { spawn } from "node:child_process";
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
import { FaultProxy } from "./fault-proxy.mjs";
import { numbersInJournal } from "./numbers-in-journal.mjs";

const CORE = fileURLToPath(new URL("../../../packages/core", import.meta.url));
const TRACKERS = fileURLToPath(new URL("../../../packages/trackers", import.meta.url));
const SCRIPT = fileURLToPath(new URL("log-values.mjs", import.meta.url));
const COUNT = 60;
const LIMIT_MS = 90_000;
/** A service that comes back does so after a tracker has noticed, or after so long. */
const STRIKE_LIMIT_MS = 2500;
const OBSTACLE = /cannot deliver now/;
const KILLS = 20;
/** Runs that are killed at the same time. */
const KILL_JOBS = 2;
const KILL_PAUSE_MS = 5;
/** About what a run lasts after its first number, if its service answers at once. */
const KILL_SPAN_MS = 600;

/**
 * By name: what the service does while the run lasts. It is well again before `acc sync`. `said`: the script must say that
 * it cannot deliver. `undone`: it ends without having delivered everything, and must say so.
 */
export const FAULTS = {
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
export async function surviveFault(fault, subject) {
  const { before, during, after, ...expected } = FAULTS[fault];
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
 * Kills scripts at many moments of their runs, half of them spread and half of them at random; then `acc sync`: all that
 * the journal holds is there, once.
 */
export async function surviveKills(subject) {
  const spanMs = subject.killSpanMs ?? KILL_SPAN_MS;
  const moments = Array.from({ length: KILLS }, (_, index) =>
    Math.round(spanMs * (index % 2 === 0 ? index / KILLS : Math.random())),
  );
  const queue = [...moments];
  const runs = [];
  const takeTurns = async () => {
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
    expectNumbers(held[index], expected, `killed after ${moment} ms`);
  }
  for (const work of works) rmSync(work, { recursive: true });
}

/** @returns `expected`: how many numbers the journal holds. */
async function killAndSync(afterMs, subject) {
  const work = createProject(subject);
  const { child, finished, reached } = startScript(work, subject, subject.port, KILL_PAUSE_MS);
  await reached(1);
  setTimeout(() => child.kill("SIGKILL"), afterMs);
  const { output } = await finished;
  const synced = await sync(work, subject, subject.port);
  expectSecrecy(work, output + synced, subject);
  return { work, expected: await numbersInJournal(join(work, "runs")) };
}

function createProject({ tracker, folder }) {
  const work = mkdtempSync(join(tmpdir(), "acc-faults-"));
  const scope = join(work, "node_modules/@acc");
  mkdirSync(scope, { recursive: true });
  symlinkSync(CORE, join(scope, "core"));
  symlinkSync(join(TRACKERS, folder), join(scope, `tracker-${tracker.replaceAll("_", "-")}`));
  copyFileSync(SCRIPT, join(work, "log-values.mjs"));
  return work;
}

function startScript(work, subject, port, pauseMs) {
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
  child.stdout.on("data", (chunk) => (stdout += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const accepted = () => stdout.match(/^\d+$/gm)?.length ?? 0;
  let hasEnded = false;
  const finished = new Promise((resolve) => {
    child.on("close", (code, signal) => {
      hasEnded = true;
      const said = stdout.replaceAll(/^\d+\n/gm, "");
      resolve({ code: code ?? signal, output: said + output });
    });
  });
  const reached = async (count) => {
    while (accepted() < count && !hasEnded) await pause();
  };
  const hasComplained = async (limitMs) => {
    const until = Date.now() + limitMs;
    while (!OBSTACLE.test(output) && Date.now() < until && !hasEnded) await pause();
  };
  return { child, finished, reached, hasComplained };
}

async function sync(work, subject, port) {
  const args = [join(CORE, "bin/acc.mjs"), "sync", "runs"];
  const env = environment(subject, port, {});
  const child = spawn(process.execPath, args, {
    ...{ cwd: work, env, timeout: LIMIT_MS, killSignal: "SIGKILL" },
  });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const code = await new Promise((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error(`acc sync ended with ${code}:\n${output}`);
  return output;
}

function environment(subject, port, more) {
  const options = JSON.stringify(subject.options?.(port) ?? {});
  const env = { NODE_OPTIONS: "", TRACKER: subject.tracker, OPTIONS: options, ...more };
  return { ...process.env, ...env, ...subject.env?.(port) };
}

/** Nothing is said twice, and what is left undone is said with the command that does it. */
function expectClear(output, { said = false, undone = false }) {
  const lines = output.split("\n").filter((line) => line.trim() !== "");
  const count = (part) => lines.filter((line) => line.includes(part)).length;
  const [obstacles, advice] = [count("cannot deliver now"), count("npx acc sync ")];
  const isClear =
    new Set(lines).size === lines.length &&
    (said ? obstacles === 1 : obstacles <= 1) &&
    (undone ? advice === 1 : advice <= 1) &&
    !/ failed in \d|aborted|\n\s+at /.test(output);
  if (!isClear) throw new Error(`This is not clear, said twice, or not said:\n${output}`);
}

function expectSecrecy(work, output, { secrets = [] }) {
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
function expectNumbers(numbers, count, when = "") {
  if (numbers.length === count && numbers.every((number, index) => number === index)) return;
  throw new Error(`Expected ${count} numbers from 0 on; the service holds ${numbers} ${when}`);
}

function pause() {
  return new Promise((resolve) => setTimeout(resolve, 5));
}
