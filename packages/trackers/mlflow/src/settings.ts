import { userInfo } from "node:os";
import { dirname, relative } from "node:path";
import { AcceleratorError } from "@acc/core/tracker";
import { type Environment, gitInfo, isTrue } from "@acc/tracker-kit";
import { storableText } from "./format/storable-text.ts";
import type { MlflowOptions } from "./options.ts";

/**
 * Which run to open. Decided where training starts, then kept with the run: `acc sync` opens the same run also in
 * another folder and with other environment variables.
 */
export type RunSettings = {
  readonly experimentName: string;
  readonly artifactLocation?: string;
  /** Run to continue; without it a new run is made. */
  readonly runId?: string;
  readonly runName?: string;
  readonly parentRunId?: string;
  readonly userId?: string;
  /** Tags with a meaning in MLflow: user, program, commit. */
  readonly systemTags: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
};

/** @throws {AcceleratorError} `OPTION_INVALID` if `MLFLOW_TAGS` is not a JSON object. */
export async function resolveSettings(
  projectName: string,
  options: MlflowOptions,
  script: string | undefined,
  env: Environment = process.env,
): Promise<RunSettings> {
  const nested = options.nestedRun ?? isTrue(env.MLFLOW_NESTED_RUN);
  const named = options.runId ?? nonEmpty(env.MLFLOW_RUN_ID);
  const parentRunId = options.parentRunId ?? (nested ? named : undefined);
  const runId = nested ? undefined : named;
  const runName = options.runName ?? nonEmpty(env.MLFLOW_RUN_NAME);
  const userId = userName();
  const { artifactLocation, description } = options;
  const tags = { ...environmentTags(env.MLFLOW_TAGS), ...options.tags };
  return {
    experimentName: options.experimentName ?? nonEmpty(env.MLFLOW_EXPERIMENT_NAME) ?? projectName,
    ...(artifactLocation === undefined ? {} : { artifactLocation }),
    ...(runId === undefined ? {} : { runId }),
    ...(runName === undefined ? {} : { runName: storableText(runName, MAX_RUN_NAME) }),
    ...(parentRunId === undefined ? {} : { parentRunId }),
    ...(userId === undefined ? {} : { userId }),
    systemTags: await systemTags(script, userId),
    tags: {
      ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, String(value)])),
      ...(description === undefined ? {} : { "mlflow.note.content": description }),
    },
  };
}

/** Column of the server's database. */
const MAX_RUN_NAME = 250;
const MAX_SOURCE_NAME = 500;

async function systemTags(
  script: string | undefined,
  userId: string | undefined,
): Promise<Record<string, string>> {
  const tags: Record<string, string> = { "mlflow.source.type": "LOCAL" };
  if (userId !== undefined) tags["mlflow.user"] = userId;
  if (script === undefined) return tags;
  const path = relative(process.cwd(), script);
  tags["mlflow.source.name"] = storableText(path.startsWith("..") ? script : path, MAX_SOURCE_NAME);
  const git = await gitInfo(dirname(script));
  if (git) tags["mlflow.source.git.commit"] = git.commit;
  if (git?.branch) tags["mlflow.source.git.branch"] = git.branch;
  return tags;
}

function userName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined; // a container whose user id has no name
  }
}

function environmentTags(text: string | undefined): Record<string, unknown> {
  if (nonEmpty(text) === undefined) return {};
  try {
    const tags: unknown = JSON.parse(text as string);
    if (typeof tags === "object" && tags !== null && !Array.isArray(tags)) {
      return tags as Record<string, unknown>;
    }
  } catch {
    // reported below
  }
  throw new AcceleratorError(
    "OPTION_INVALID",
    'MLFLOW_TAGS must be a JSON object of texts, such as {"team": "a"}.',
  );
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === "" ? undefined : text;
}
