/**
 * Compares what our trackers record with what Accelerate and the official trackers recorded for the same calls
 * (`vectors/`: made by running Accelerate 1.15.0).
 */
import { type SpawnOptions, spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseExactly } from "./values.ts";

export type Json =
  | number
  | string
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

/** The result of a scenario. */
export type Outcome = {
  /** As `readBack` gives it. */
  readonly recorded: { readonly [key: string]: Json };
  /** Message of each call that threw, by name, such as `"log 3"`; as `replayScenario` gives it. */
  readonly errors: { readonly [call: string]: string };
};

/** A place where the two differ; `undefined` is nothing at that place. */
export type Difference = {
  readonly scenario: string;
  /** Keys down to the value, list positions as text; below `"errors"` the calls that threw. */
  readonly path: readonly string[];
  readonly reference: Json | undefined;
  readonly ours: Json | undefined;
};

/** A difference that is as it should be. */
export type ExpectedDifference = {
  /** Name of the scenario, several, or `"*"` for any. */
  readonly scenario: string | readonly string[];
  /** Covers every difference at or below it; `"*"` stands for any key. */
  readonly path: readonly string[];
  /** The value that we record; the entry then covers a difference at exactly this path. */
  readonly ours?: Json | undefined;
  /** Why ours is right. */
  readonly reason: string;
};

type Environment = { readonly [name: string]: string };
type Errors = Outcome["errors"];
type Vector = {
  readonly scenarios: { readonly [name: string]: Outcome };
};

const TIMEOUT_MS = 120_000;
const REGISTER = import.meta.resolve("@acc/core/register-ts");
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const readVector = (name: string): Vector =>
  parseExactly(readFileSync(here(`vectors/${name}.json`), "utf8")) as Vector;

/** Names of the scenarios that were recorded for a tracker, in their order. */
export function scenariosOf(tracker: string): string[] {
  return Object.keys(readVector(tracker).scenarios);
}

/**
 * Runs one scenario in a fresh process with `workFolder` as its working directory. Needs the packages built.
 *
 * @param env added to an environment in which the official trackers would be offline.
 */
export async function replayScenario(
  tracker: string,
  scenario: string,
  workFolder: string,
  env: Environment = {},
): Promise<{ readonly errors: Errors; readonly output: string }> {
  mkdirSync(workFolder, { recursive: true });
  const { output, code, message } = await run(
    process.execPath,
    ["--import", REGISTER, here("replay.ts"), tracker, scenario],
    {
      cwd: workFolder,
      env: { ...process.env, ...environmentOf(workFolder), ...env },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    },
  );
  if (code !== 0 || !message) {
    throw new Error(`The scenario ${scenario} ended with code ${code}:\n${output}`);
  }
  return { errors: message as Errors, output };
}

/**
 * What the tracker's official reader finds in the folder, in the form of the recorded runs.
 *
 * @param folder the work folder of the replay.
 * @param python as `pythonOf` gives it.
 */
export async function readBack(
  tracker: string,
  folder: string,
  python: string,
  env: Environment = {},
): Promise<Outcome["recorded"]> {
  const { stdout, output, code } = await run(python, [here("vectors/read.py"), tracker, folder], {
    cwd: folder,
    env: { ...process.env, ...environmentOf(folder), PYTHONDONTWRITEBYTECODE: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (code !== 0) throw new Error(`Reading ${folder} ended with code ${code}:\n${output}`);
  const read = parseExactly(stdout.slice(stdout.indexOf("{\n"))) as Pick<Outcome, "recorded">;
  return abbreviate(read.recorded) as Outcome["recorded"];
}

/**
 * Every place where our record of a scenario differs from Accelerate's. `outcomes` holds, per scenario, what was read
 * back and which calls threw.
 */
export function differencesOf(
  tracker: string,
  outcomes: { readonly [scenario: string]: Outcome },
): Difference[] {
  const { scenarios } = readVector(tracker);
  return Object.entries(outcomes).flatMap(([scenario, { recorded, errors }]) => {
    const vector = scenarios[scenario] as Outcome;
    const reference = { ...vector.recorded, errors: thrown(vector.errors) };
    const ours = { ...recorded, errors: thrown(errors) };
    return compare(reference, ours, []).map((difference) => ({ scenario, ...difference }));
  });
}

/** @throws if there is a difference that `expected` does not list, or it lists one that does not exist. */
export function requireParity(
  tracker: string,
  outcomes: { readonly [scenario: string]: Outcome },
  expected: readonly ExpectedDifference[],
): void {
  const unlisted: Difference[] = [];
  const seen = new Set<ExpectedDifference>();
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

function covers(entry: ExpectedDifference, { scenario, path, ours }: Difference): boolean {
  const names = Array.isArray(entry.scenario) ? entry.scenario : [entry.scenario];
  if (!names.includes("*") && !names.includes(scenario)) return false;
  if (!entry.path.every((key, index) => key === "*" || key === path[index])) return false;
  if (!("ours" in entry)) return true;
  // An expected value must be at the place of the difference, not above it.
  return entry.path.length === path.length && text(entry.ours) === text(ours);
}

/** Objects by key, lists of one length by item; anything else is one value. */
function compare(
  reference: Json | undefined,
  ours: Json | undefined,
  path: readonly string[],
): Omit<Difference, "scenario">[] {
  if (text(reference) === text(ours)) return [];
  if (!sameKind(reference, ours)) return [{ path, reference, ours }];
  const [before, after] = [reference, ours] as Record<string, Json>[];
  const keys = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...keys].flatMap((key) => compare(before?.[key], after?.[key], [...path, key]));
}

/** Whether both are lists of one length, or both objects. */
function sameKind(a: Json | undefined, b: Json | undefined): boolean {
  const isObject = (value: Json | undefined): boolean =>
    typeof value === "object" && value !== null && !Array.isArray(value) && !("$" in value);
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length;
  return isObject(a) && isObject(b);
}

/** Errors are compared only by whether there was one: their texts differ. */
function thrown(errors: Errors): Errors {
  return Object.fromEntries(Object.keys(errors).map((call) => [call, "thrown"]));
}

function text(value: Json | undefined): string {
  const sorted = (_key: string, item: unknown): unknown =>
    item !== null && typeof item === "object" && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item;
  return JSON.stringify(value, sorted) ?? "nothing";
}

/** The recorded files abbreviate two long strings of the scenarios. */
function abbreviate(value: Json): Json {
  const short = (item: string): string =>
    item.replaceAll(/x{600}/g, "<600 times x>").replaceAll(/k{300}/g, "<300 times k>");
  if (typeof value === "string") return short(value);
  if (Array.isArray(value)) return value.map(abbreviate);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [short(key), abbreviate(item)]),
  );
}

/** Offline and with nothing outside the folder, as in the recorded runs. */
function environmentOf(folder: string): Environment {
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
    SWANLAB_MODE: "offline",
    DVC_NO_ANALYTICS: "1",
    TRACKIO_DIR: join(folder, "trackio"),
  };
}

type Ended = {
  readonly code: number | null;
  readonly stdout: string;
  readonly output: string;
  /** The messages that it sent to its parent. */
  readonly message: unknown;
};

/** Resolves with the exit code, whatever it is; a process that runs too long is killed. */
function run(command: string, args: readonly string[], options: SpawnOptions): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, options);
    const timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
    let [stdout, output] = ["", ""];
    let message: unknown;
    child.stdout?.setEncoding("utf8").on("data", (chunk) => {
      stdout += chunk;
      output += chunk;
    });
    child.stderr?.setEncoding("utf8").on("data", (chunk) => {
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
