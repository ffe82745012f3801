/** What every tracker of a service must survive without losing or doubling a value. */
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FaultProxy } from "./fault-proxy.mjs";

const CORE = fileURLToPath(new URL("../../../packages/core", import.meta.url));
const TRACKERS = fileURLToPath(new URL("../../../packages/trackers", import.meta.url));
const SCRIPT = fileURLToPath(new URL("log-values.mjs", import.meta.url));
const COUNT = 60;
const LIMIT_MS = 90_000;

/** By name: what the service does while the run lasts. It is well again before `acc sync`. */
export const FAULTS = {
  "is down from the start": { before: "down" },
  "dies and comes back": { before: "pass", during: "down", after: "pass" },
  "answers 429": { before: 429, after: "pass" },
  "answers 500": { before: "pass", during: 500 },
  "answers 503": { before: 503 },
  hangs: { before: "pass", during: "hang" },
  "resets connections in the middle of an answer": {
    before: "pass",
    during: "reset",
    after: "pass",
  },
  "answers garbage": { before: "pass", during: "garbage" },
  "takes a second for every answer": { before: "slow" },
};

/**
 * Runs a script through a proxy with a fault, then `acc sync`.
 *
 * @param subject `tracker` (its name), `folder` (of its package), `port` of the server, `env(port)` that leads to the
 *   proxy, `options(port)` for `initOptions`, `read(work)` which gives the numbers the service holds under "value".
 * @throws {Error} unless the script ended well and in time, and every number is there once.
 */
export async function surviveFault(fault, subject) {
  const { before, during, after } = FAULTS[fault];
  const proxy = new FaultProxy(subject.port);
  await proxy.start();
  try {
    const work = createProject(subject);
    await proxy.become(before);
    const { finished, reached } = startScript(work, subject, proxy.port, {});
    await reached(COUNT / 3);
    if (during) await proxy.become(during);
    await reached((2 * COUNT) / 3);
    if (after) await proxy.become(after);
    const { code, output } = await finished;
    if (code !== 0) throw new Error(`the script ended with ${code}:\n${output}`);
    await proxy.become("pass");
    await sync(work, subject, proxy.port);
    expectNumbers(await subject.read(work), COUNT, COUNT);
  } finally {
    await proxy.stop();
  }
}

/** Kills the script at a moment of its run, then `acc sync`: what `log` accepted 100 ms before is there, once. */
export async function surviveKill(afterMs, subject) {
  const work = createProject(subject);
  const { child, finished, reached } = startScript(work, subject, subject.port, { PAUSE: "5" });
  await reached(1);
  setTimeout(() => child.kill("SIGKILL"), afterMs);
  const { accepted } = await finished;
  await sync(work, subject, subject.port);
  const lost = Math.ceil(150 / 5); // 100 ms, and some for the timer
  expectNumbers(await subject.read(work), Math.max(0, accepted - lost), COUNT);
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

function startScript(work, subject, port, env) {
  const child = spawn(process.execPath, ["log-values.mjs"], {
    cwd: work,
    timeout: LIMIT_MS,
    killSignal: "SIGKILL",
    env: environment(subject, port, { COUNT: String(COUNT), ...env }),
  });
  let [stdout, output] = ["", ""];
  child.stdout.on("data", (chunk) => (stdout += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const accepted = () => stdout.split("\n").length - 1;
  let hasEnded = false;
  const finished = new Promise((resolve) => {
    child.on("close", (code, signal) => {
      hasEnded = true;
      resolve({ code: code ?? signal, output: stdout + output, accepted: accepted() });
    });
  });
  const reached = async (count) => {
    while (accepted() < count && !hasEnded) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  return { child, finished, reached };
}

async function sync(work, subject, port) {
  const args = [join(CORE, "bin/acc.mjs"), "sync"];
  const env = environment(subject, port, {});
  const child = spawn(process.execPath, args, { cwd: work, env, timeout: LIMIT_MS });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const code = await new Promise((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error(`acc sync ended with ${code}:\n${output}`);
}

function environment(subject, port, more) {
  const options = JSON.stringify(subject.options?.(port) ?? {});
  const env = { NODE_OPTIONS: "", TRACKER: subject.tracker, OPTIONS: options, ...more };
  return { ...process.env, ...env, ...subject.env?.(port) };
}

/** The numbers from 0 on, each once, at least `least` and at most `most` of them. */
function expectNumbers(numbers, least, most) {
  const isWhole = numbers.every((number, index) => number === index);
  if (isWhole && numbers.length >= least && numbers.length <= most) return;
  throw new Error(
    `Expected 0, 1, 2, … (${least} to ${most} of them); the service holds ${numbers}`,
  );
}
