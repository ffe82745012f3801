import { hostname } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import { AcceleratorError, type TrackerCreation } from "@acc/core/tracker";
import { type Environment, gitInfo, isTrue, savedPath } from "@acc/tracker-kit";
import { offlineFolder, resolveConnection } from "./client/connection.ts";
import type { ClearMLOptions } from "./options.ts";
import type { OfflineState, OnlineState, RunState, ScriptInfo } from "./state.ts";

/**
 * The names of a run and where it goes, from the options and the environment of the first process.
 *
 * @throws {AcceleratorError} `OPTION_INVALID` for an iteration offset that is not an integer.
 */
export async function resolveSettings(
  creation: TrackerCreation,
  env: Environment,
): Promise<RunState> {
  const { projectName, run } = creation;
  const options = creation.options as ClearMLOptions;
  const warn = (message: string) => run.warn(message);
  const { apiHost, webHost, filesHost } = resolveConnection(options, env, undefined, warn);
  const isOffline = options.offline ?? isTrue(env.CLEARML_OFFLINE_MODE);
  if (isOffline && options.continueTask !== undefined) {
    warn(
      "ClearML's offline sessions stand alone; import this one with previous_task_id=" +
        `"${options.continueTask}" to continue that task.`,
    );
  }
  return {
    projectName: options.projectName || env.CLEARML_PROJECT || projectName,
    taskName: options.taskName || env.CLEARML_TASK || projectName,
    taskType: options.taskType ?? "training",
    worker: hostname(),
    script: await scriptInfo(run.script),
    hosts: { apiHost, webHost, filesHost },
    recording: { lastLineMs: 0, highest: {} },
    target: isOffline ? offlineState(creation, options, env) : onlineState(options, env),
  };
}

function offlineState(
  { run }: TrackerCreation,
  { tags = [], comment, ...options }: ClearMLOptions,
  env: Environment,
): OfflineState {
  return {
    mode: "offline",
    folder: savedPath(join(offlineFolder(options, env), `offline-${run.id}`), run.folder),
    metricsBytes: 0,
    logBytes: 0,
    fields: {
      hyperparams: {},
      configuration: {},
      tags,
      ...(comment === undefined ? {} : { comment }),
    },
    artifacts: [],
  };
}

function onlineState(
  { continueTask, iterationOffset }: ClearMLOptions,
  env: Environment,
): OnlineState {
  if (continueTask === undefined) return { mode: "online" };
  const wanted = env.CLEARML_SET_ITERATION_OFFSET;
  const wantedOffset = iterationOffset ?? (wanted ? Number(wanted) : undefined);
  if (wantedOffset !== undefined && !Number.isSafeInteger(wantedOffset)) {
    throw new AcceleratorError(
      "OPTION_INVALID",
      `ClearML's iteration offset must be an integer, got ${iterationOffset ?? wanted}.`,
    );
  }
  return { mode: "online", continueTask, ...(wantedOffset === undefined ? {} : { wantedOffset }) };
}

async function scriptInfo(script: string | undefined): Promise<ScriptInfo | undefined> {
  if (script === undefined) return undefined;
  const path = resolve(script);
  const git = await gitInfo(dirname(path));
  const workingDir = git ? relative(git.root, dirname(path)) || "." : ".";
  return {
    binary: "node",
    repository: git?.remote ?? "",
    branch: git?.branch ?? "",
    version_num: git?.commit ?? "",
    entry_point: basename(path),
    working_dir: workingDir,
    diff: "",
  };
}
