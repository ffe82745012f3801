import { hostname } from "node:os";
import { dirname, resolve } from "node:path";
import { AcceleratorError, type TrackerRun } from "@acc/core/tracker";
import { gitInfo } from "@acc/tracker-kit";
import { autoResumeId } from "./auto-resume.ts";
import type { WandbMode, WandbOptions, WandbResume } from "./options.ts";

/** Everything decided when a run begins; plain JSON without keys, the same in every process that goes on with it. */
export type RunSettings = {
  readonly mode: WandbMode;
  readonly baseUrl: string;
  readonly id: string;
  readonly project: string;
  readonly entity?: string;
  readonly name?: string;
  readonly group?: string;
  readonly jobType?: string;
  readonly notes?: string;
  readonly tags?: readonly string[];
  readonly resume?: WandbResume;
  /** Folder that holds `wandb/`, absolute. */
  readonly dir: string;
  readonly host: string;
  readonly program?: string;
  readonly git?: { readonly remote?: string; readonly commit: string };
};

const DEFAULT_BASE_URL = "https://api.wandb.ai";
const ID_LENGTH = 8;
const MAX_ID_LENGTH = 64;
const MAX_PROJECT_LENGTH = 128;
const REFUSED = /[/\\#?%:\s]/;

/**
 * Options, then W&B's environment variables, then defaults.
 *
 * @throws {AcceleratorError} `OPTION_INVALID` for a wrong mode, resume, id or URL.
 */
export async function resolveSettings(
  projectName: string,
  options: WandbOptions,
  run: TrackerRun,
): Promise<RunSettings> {
  const { env } = process;
  const mode = modeOf(options.mode ?? env.WANDB_MODE);
  const { baseUrl, dir } = resolvePlace(options);
  const resume = resumeOf(options.resume ?? env.WANDB_RESUME);
  const given = options.id ?? (env.WANDB_RUN_ID || undefined);
  const id = requireId(
    given ?? (resume === "auto" ? autoResumeId(dir) : undefined) ?? idFrom(run.id),
  );
  const tags = options.tags ?? env.WANDB_TAGS?.split(",").filter((tag) => tag !== "");
  const folder = run.script ? dirname(run.script) : process.cwd();
  const git = mode === "disabled" || env.WANDB_DISABLE_GIT ? undefined : await gitInfo(folder);
  return withoutUndefined({
    mode,
    baseUrl,
    id,
    project: projectOf(options.project ?? (env.WANDB_PROJECT || projectName), run),
    entity: options.entity ?? (env.WANDB_ENTITY || undefined),
    name: options.name ?? (env.WANDB_NAME || undefined),
    group: options.group ?? (env.WANDB_RUN_GROUP || undefined),
    jobType: options.jobType ?? (env.WANDB_JOB_TYPE || undefined),
    notes: options.notes ?? (env.WANDB_NOTES || undefined),
    tags,
    resume,
    dir,
    host: env.WANDB_HOST || hostname(),
    program: run.script,
    git: git && withoutUndefined({ commit: git.commit, remote: git.remote }),
  });
}

/** The server and the folder. @throws {AcceleratorError} `OPTION_INVALID` for a wrong URL. */
export function resolvePlace(
  options: Pick<WandbOptions, "baseUrl" | "dir">,
): Pick<RunSettings, "baseUrl" | "dir"> {
  const { WANDB_BASE_URL, WANDB_DIR } = process.env;
  return {
    baseUrl: baseUrlOf(options.baseUrl ?? (WANDB_BASE_URL || DEFAULT_BASE_URL)),
    dir: resolve(options.dir ?? (WANDB_DIR || ".")),
  };
}

/** Eight characters of the alphabet that W&B uses, the same for the same run. */
function idFrom(runId: string): string {
  return BigInt(`0x${runId}`).toString(36).slice(-ID_LENGTH).padStart(ID_LENGTH, "0");
}

function modeOf(value: string | undefined): WandbMode {
  switch (value) {
    case undefined:
    case "":
    case "online":
    case "run":
      return "online";
    case "offline":
    case "dryrun":
      return "offline";
    case "disabled":
      return "disabled";
    default:
      throw invalid(
        `W&B's mode is "online", "offline" or "disabled", got ${JSON.stringify(value)}.`,
      );
  }
}

function resumeOf(value: string | boolean | undefined): WandbResume | undefined {
  switch (value) {
    case undefined:
    case "":
    case false:
      return undefined;
    case true:
    case "auto":
      return "auto";
    case "allow":
    case "must":
    case "never":
      return value;
    default:
      throw invalid(
        `W&B's resume is "allow", "must", "never" or "auto", got ${JSON.stringify(value)}.`,
      );
  }
}

function requireId(id: string): string {
  if (id.length > 0 && id.length <= MAX_ID_LENGTH && !REFUSED.test(id)) return id;
  throw invalid(
    `A run id of W&B has 1 to ${MAX_ID_LENGTH} characters, none of them / \\ # ? % : or a space; got ` +
      `${JSON.stringify(id)}.`,
  );
}

/** W&B refuses some characters in project names; a run must not be lost for them. */
function projectOf(name: string, run: TrackerRun): string {
  const fitting = name.replace(/[/\\#?%:]/g, "-").slice(0, MAX_PROJECT_LENGTH);
  if (fitting !== name) {
    run.warn(
      `W&B project names have at most ${MAX_PROJECT_LENGTH} characters and none of / \\ # ? % : , so the run is ` +
        `recorded in "${fitting}".`,
    );
  }
  return fitting;
}

function baseUrlOf(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw invalid("W&B's base URL is no URL; it looks like https://api.wandb.ai.");
  }
  if (url.username || url.password) {
    throw invalid("W&B's base URL holds a user name: the key belongs in WANDB_API_KEY.");
  }
  return url.href.replace(/\/+$/, "");
}

function invalid(message: string): AcceleratorError {
  return new AcceleratorError("OPTION_INVALID", message);
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(values: T): Defined<T> {
  const defined = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(defined) as Defined<T>;
}
