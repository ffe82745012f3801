import { resolve } from "node:path";
import { AcceleratorError, type TrackerRun } from "@acc/core/tracker";
import { isTrue } from "@acc/tracker-kit";
import type { SwanLabMode, SwanLabOptions, SwanLabResume } from "./options.ts";
import { storedLogin } from "./stored-login.ts";

/** Everything decided when a run begins; plain JSON without keys, the same in every process that goes on with it. */
export type RunSettings = {
  readonly mode: SwanLabMode;
  readonly apiHost: string;
  readonly id: string;
  readonly project: string;
  readonly workspace?: string;
  readonly public: boolean;
  readonly name: string;
  readonly description?: string;
  readonly jobType?: string;
  readonly group?: string;
  readonly tags?: readonly string[];
  readonly color: string;
  readonly resume: SwanLabResume;
  /** Folder of run folders, absolute. */
  readonly logDir: string;
};

const HOSTED = "https://api.swanlab.cn";
const ID_LENGTH = 8;
const MAX_ID_LENGTH = 100;
const MAX_PROJECT_LENGTH = 100;
// biome-ignore lint/suspicious/noControlCharactersInRegex: SwanLab refuses them.
const REFUSED_IN_ID = /[<>:"/\\|?*#%\u0000-\u001f\u007f]/;

/** The colors that SwanLab's own client gives to runs in turn. */
const COLORS = [
  ...["#528d59", "#587ad2", "#c24d46", "#9cbe5d", "#6ebad3", "#dfb142", "#6d4ba4", "#8cc5b7"],
  ...["#892d58", "#40877c", "#d0703c", "#d47694", "#e3b292", "#b15fbb", "#905f4a", "#989fa3"],
];

/**
 * Options, then SwanLab's environment variables, then defaults.
 *
 * @throws {AcceleratorError} `OPTION_INVALID` for a wrong mode, resume, id, color or address.
 */
export function resolveSettings(
  projectName: string,
  options: SwanLabOptions,
  run: TrackerRun,
): RunSettings {
  const given = options.id ?? variable("RUN_ID");
  const resume = resumeOf(options.resume ?? variable("RUN_RESUME", "RESUME"), given);
  const id = requireId(given ?? idFrom(run.id));
  const color = options.color ?? variable("EXPERIMENT_COLOR", "EXP_COLOR") ?? colorOf(run.id);
  if (!/^#[0-9a-f]{6}$/i.test(color)) {
    throw invalid(`A color of SwanLab looks like #528d59, got ${JSON.stringify(color)}.`);
  }
  const tags = variable("EXPERIMENT_TAGS", "TAGS")
    ?.split(",")
    .map((tag) => tag.trim());
  const texts = {
    workspace: options.workspace ?? variable("PROJECT_WORKSPACE", "WORKSPACE"),
    description: options.description ?? variable("EXPERIMENT_DESCRIPTION", "DESCRIPTION"),
    jobType: options.jobType ?? variable("EXPERIMENT_JOB_TYPE", "JOB_TYPE"),
    group: options.group ?? variable("EXPERIMENT_GROUP", "GROUP"),
    tags: options.tags ?? tags?.filter((tag) => tag !== ""),
  };
  const defined = Object.entries(texts).filter(([, value]) => value !== undefined);
  return {
    ...(Object.fromEntries(defined) as Partial<RunSettings>),
    ...resolvePlace(options),
    mode: modeOf(options.mode ?? variable("MODE"), run),
    id,
    project: projectOf(
      options.project ?? variable("PROJECT_NAME", "PROJ_NAME") ?? projectName,
      run,
    ),
    public: options.public ?? isTrue(variable("PROJECT_PUBLIC", "PUBLIC")),
    name: options.name ?? variable("EXPERIMENT_NAME", "EXP_NAME") ?? `run-${id}`,
    color,
    resume,
  };
}

/** The service and the folder. @throws {AcceleratorError} `OPTION_INVALID` for a wrong address. */
export function resolvePlace(
  options: Pick<SwanLabOptions, "apiHost" | "logDir">,
): Pick<RunSettings, "apiHost" | "logDir"> {
  // A key of the environment does not go where a file in the working directory says.
  const stored = variable("API_KEY") ? undefined : storedLogin();
  const apiHost = options.apiHost ?? variable("API_HOST") ?? stored?.apiHost ?? HOSTED;
  return {
    apiHost: hostOf(apiHost),
    logDir: resolve(options.logDir ?? variable("LOG_DIR", "LOGDIR") ?? "swanlog"),
  };
}

/** The first of these variables that is set. */
function variable(...names: readonly string[]): string | undefined {
  return names.map((name) => process.env[`SWANLAB_${name}`]).find(Boolean);
}

/** Eight characters of the alphabet that SwanLab uses, the same for the same run. */
function idFrom(runId: string): string {
  return BigInt(`0x${runId}`).toString(36).slice(-ID_LENGTH).padStart(ID_LENGTH, "0");
}

function colorOf(runId: string): string {
  return COLORS[Number.parseInt(runId.slice(0, 8), 16) % COLORS.length] as string;
}

function modeOf(value: string | undefined, run: TrackerRun): SwanLabMode {
  switch (value) {
    case undefined:
    case "online":
    case "cloud":
      return "online";
    case "local":
      run.warn(
        'SwanLab\'s mode "local" is recorded as "offline": without the files of the old dashboard.',
      );
      return "offline";
    case "offline":
    case "disabled":
      return value;
    default:
      throw invalid(
        `SwanLab's mode is "online", "offline" or "disabled", got ${JSON.stringify(value)}.`,
      );
  }
}

function resumeOf(value: string | boolean | undefined, id: string | undefined): SwanLabResume {
  const resume = resumeNamed(value) ?? (id === undefined ? "never" : "allow");
  if (resume === "must" && id === undefined) {
    throw invalid('SwanLab\'s resume "must" needs the id of the run.');
  }
  if (resume === "never" && id !== undefined) {
    throw invalid(
      'SwanLab\'s resume "never" makes a new id: leave out the id, or use resume "allow" or "must".',
    );
  }
  return resume;
}

function resumeNamed(value: string | boolean | undefined): SwanLabResume | undefined {
  switch (typeof value === "string" ? value.toLowerCase() : value) {
    case undefined:
      return undefined;
    case true:
    case "true":
    case "yes":
    case "1":
    case "allow":
      return "allow";
    case false:
    case "false":
    case "no":
    case "0":
    case "never":
      return "never";
    case "must":
      return "must";
    default:
      throw invalid(
        `SwanLab's resume is "allow", "must" or "never", got ${JSON.stringify(value)}.`,
      );
  }
}

function requireId(id: string): string {
  if (id.length > 0 && id.length <= MAX_ID_LENGTH && !REFUSED_IN_ID.test(id)) return id;
  throw invalid(
    `A run id of SwanLab has 1 to ${MAX_ID_LENGTH} characters, none of them < > : " / \\ | ? * # or %; got ${JSON.stringify(id)}.`,
  );
}

/** SwanLab refuses most characters in project names; a run must not be lost for them. */
function projectOf(name: string, run: TrackerRun): string {
  const fitting = name.replace(/[^0-9A-Za-z_.+-]/g, "-").slice(0, MAX_PROJECT_LENGTH) || "-";
  if (fitting !== name) {
    run.warn(
      `SwanLab project names have 1 to ${MAX_PROJECT_LENGTH} of the characters 0-9 A-Z a-z _ - + . , so the run is ` +
        `recorded in "${fitting}".`,
    );
  }
  return fitting;
}

function hostOf(text: string): string {
  const whole = /^https?:\/\//i.test(text) ? text : `https://${text}`;
  if (!URL.canParse(whole)) {
    throw invalid(`SwanLab's address is no URL; it looks like ${HOSTED}.`);
  }
  const { origin, username, password } = new URL(whole);
  if (username || password) {
    throw invalid("SwanLab's address holds a user name: the key belongs in SWANLAB_API_KEY.");
  }
  return origin; // as SwanLab's own client, which cuts paths off, such as /api
}

function invalid(message: string): AcceleratorError {
  return new AcceleratorError("OPTION_INVALID", message);
}
