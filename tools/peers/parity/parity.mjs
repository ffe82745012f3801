/**
 * Compares what our trackers record with what Accelerate and the official trackers recorded for the same calls
 * (`vectors/`: made by running Accelerate 1.15.0).
 */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseExactly } from "./values.mjs";

const TIMEOUT_MS = 120_000;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const readVector = (name) => parseExactly(readFileSync(here(`vectors/${name}.json`), "utf8"));

/** Names of the scenarios that were recorded for a tracker, in their order. */
export function scenariosOf(tracker) {
  return Object.keys(readVector(tracker).scenarios);
}

/** Runs one scenario in a fresh process with `workFolder` as its working directory. */
export async function replayScenario(tracker, scenario, workFolder, env = {}) {
  mkdirSync(workFolder, { recursive: true });
  const { output, code, message } = await run(
    process.execPath,
    [here("replay.mjs"), tracker, scenario],
    {
      cwd: workFolder,
      env: { ...process.env, ...environmentOf(workFolder), ...env },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    },
  );
  if (code !== 0 || !message) {
    throw new Error(`The scenario ${scenario} ended with code ${code}:\n${output}`);
  }
  return { errors: message, output };
}

/** What the tracker's official reader finds in the folder, in the form of the recorded runs. */
export async function readBack(tracker, folder, python, env = {}) {
  const { stdout, output, code } = await run(python, [here("vectors/read.py"), tracker, folder], {
    cwd: folder,
    env: { ...process.env, ...environmentOf(folder), PYTHONDONTWRITEBYTECODE: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (code !== 0) throw new Error(`Reading ${folder} ended with code ${code}:\n${output}`);
  return abbreviate(parseExactly(stdout.slice(stdout.indexOf("{\n"))).recorded);
}

/**
 * Every place where a scenario was recorded otherwise than by Accelerate. `outcomes` holds, per scenario, what was
 * read back and which calls threw.
 */
export function differencesOf(tracker, outcomes) {
  const { scenarios } = readVector(tracker);
  return Object.entries(outcomes).flatMap(([scenario, { recorded, errors }]) => {
    const reference = {
      ...scenarios[scenario].recorded,
      errors: thrown(scenarios[scenario].errors),
    };
    const ours = { ...recorded, errors: thrown(errors) };
    return compare(reference, ours, []).map((difference) => ({ scenario, ...difference }));
  });
}

/** @throws if there is a difference that `expected` does not list, or it lists one that there is not. */
export function requireParity(tracker, outcomes, expected) {
  const unlisted = [];
  const seen = new Set();
  for (const difference of differencesOf(tracker, outcomes)) {
    const reasons = expected.filter((entry) => covers(entry, difference));
    for (const entry of reasons) seen.add(entry);
    if (reasons.length === 0) unlisted.push(difference);
  }
  const gone = expected.filter((entry) => !seen.has(entry));
  const lines = [
    ...unlisted.map(
      ({ scenario, path, reference, ours }) =>
        `not listed: ${scenario} ${JSON.stringify(path)}\n  Accelerate ${text(reference)}\n  ours       ${text(ours)}`,
    ),
    ...gone.map((entry) => `listed, but no longer so: ${JSON.stringify(entry)}`),
  ];
  if (lines.length > 0) throw new Error(`${tracker} against Accelerate:\n${lines.join("\n")}`);
}

function covers(entry, { scenario, path, ours }) {
  const names = Array.isArray(entry.scenario) ? entry.scenario : [entry.scenario];
  if (!names.includes("*") && !names.includes(scenario)) return false;
  if (!entry.path.every((key, index) => key === "*" || key === path[index])) return false;
  if (!("ours" in entry)) return true;
  // A value can be pinned at the place of the difference only, not above it.
  return entry.path.length === path.length && text(entry.ours) === text(ours);
}

/** Objects by key, lists of one length by item; anything else is one value. */
function compare(reference, ours, path) {
  if (text(reference) === text(ours)) return [];
  const isPair = (test) => test(reference) && test(ours);
  const isObject = (value) =>
    typeof value === "object" && value !== null && !Array.isArray(value) && !("$" in value);
  const sameLength = isPair(Array.isArray) && reference.length === ours.length;
  if (!sameLength && !isPair(isObject)) return [{ path, reference, ours }];
  const keys = new Set([...Object.keys(reference), ...Object.keys(ours)]);
  return [...keys].flatMap((key) => compare(reference[key], ours[key], [...path, key]));
}

/** Of errors it counts that there was one: their words differ. */
function thrown(errors) {
  return Object.fromEntries(Object.keys(errors).map((call) => [call, "thrown"]));
}

function text(value) {
  const sorted = (_key, item) =>
    item !== null && typeof item === "object" && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item;
  return JSON.stringify(value, sorted) ?? "nothing";
}

/** The recorded files abbreviate two long strings of the scenarios. */
function abbreviate(value) {
  const short = (item) =>
    item.replaceAll(/x{600}/g, "<600 times x>").replaceAll(/k{300}/g, "<300 times k>");
  if (typeof value === "string") return short(value);
  if (Array.isArray(value)) return value.map(abbreviate);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [short(key), abbreviate(item)]),
  );
}

/** Offline, and nothing outside the folder, as the recorded runs had it. */
function environmentOf(folder) {
  return {
    NODE_OPTIONS: "",
    WANDB_MODE: "offline",
    WANDB_DIR: folder,
    COMET_START_ONLINE: "0",
    COMET_DISABLE_AUTO_LOGGING: "1",
    COMET_OFFLINE_DIRECTORY: join(folder, "comet"),
    CLEARML_OFFLINE_MODE: "1",
    CLEARML_CACHE_DIR: join(folder, "clearml"),
    MLFLOW_DISABLE_TELEMETRY: "true",
    DVC_NO_ANALYTICS: "1",
  };
}

/** Ends with the exit code, whatever it is; what runs too long is killed. */
function run(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, options);
    const timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
    let [stdout, output, message] = ["", "", undefined];
    child.stdout.setEncoding("utf8").on("data", (chunk) => {
      stdout += chunk;
      output += chunk;
    });
    child.stderr.setEncoding("utf8").on("data", (chunk) => {
      output += chunk;
    });
    child.on("message", (received) => {
      message = received;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, output, message });
    });
  });
}
