import { userInfo } from "node:os";
import { dirname, relative } from "node:path";
import { AcceleratorError } from "@acc/core";
import { gitInfo } from "@acc/tracker-kit";
import type { MlflowOptions } from "./mlflow-options.ts";
import { safeText } from "./safe-text.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Which run to open. Settled where training starts, then kept with the recording: `acc sync` in another folder, with
 * other variables set, opens the same run.
 */
export type RunIntent = {
  readonly experimentName: string;
  readonly artifactLocation?: string;
  /** Run to go on with; a new one without it. */
  readonly runId?: string;
  readonly runName?: string;
  readonly parentRunId?: string;
  readonly userId?: string;
  /** Names MLflow gives a meaning: they say who ran what. */
  readonly systemTags: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
};

/** @throws {AcceleratorError} `OPTION_INVALID` if `MLFLOW_TAGS` is no JSON object. */
export async function resolveRunIntent(
  projectName: string,
  options: MlflowOptions,
  script: string | undefined,
  env: Environment = process.env,
): Promise<RunIntent> {
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
    ...(runName === undefined ? {} : { runName: safeText(runName, MAX_RUN_NAME) }),
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
  tags["mlflow.source.name"] = safeText(path.startsWith("..") ? script : path, MAX_SOURCE_NAME);
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
    // said below
  }
  throw new AcceleratorError(
    "OPTION_INVALID",
    'MLFLOW_TAGS must be a JSON object of texts, such as {"team": "a"}.',
  );
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === "" ? undefined : text;
}

/** Python takes any text for true, "False" too; here the words mean what they say. */
function isTrue(text: string | undefined): boolean {
  return /^(1|true|yes|on)$/i.test(text?.trim() ?? "");
}
