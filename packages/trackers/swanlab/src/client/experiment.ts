import { TrackerUnreachableError } from "@acc/core/tracker";
import { concerningRun, ServiceError } from "@acc/tracker-kit";
import { timeText } from "../format/time-text.ts";
import type { RunSettings } from "../settings.ts";
import type { OnlineState } from "../state.ts";
import {
  type Experiment,
  experimentOf,
  type LastSteps,
  lastStepsOf,
  type Project,
  projectOf,
} from "./answers.ts";
import type { SwanLabApi } from "./api.ts";

/** A run that is open at the service. */
export type OpenedRun = {
  readonly run: OnlineState;
  /** Set if it existed, and is to be resumed. */
  readonly lastSteps: LastSteps | undefined;
};

/**
 * Begins the run, and its project where there is none. A run of this id is opened again: that is also how an attempt goes on
 * whose answer was lost.
 *
 * @throws {TrackerUnreachableError} `permanent` if there is no run that must be resumed.
 */
export async function openRun(
  api: SwanLabApi,
  settings: RunSettings,
  { signal, isOurs }: { readonly signal: AbortSignal; readonly isOurs: boolean },
): Promise<OpenedRun> {
  const project = await findOrMakeProject(api, settings, signal);
  const path = `/project/${encodeURIComponent(project.user)}/${encodeURIComponent(project.name)}`;
  const found = `${path}/runs/${encodeURIComponent(settings.id)}`;
  if (settings.resume === "must" && !isOurs && !(await exists(api, found, signal))) {
    throw new TrackerUnreachableError(
      `SwanLab has no run "${settings.id}" in "${project.name}" to resume: check the id, or use resume "allow".`,
      { permanent: true },
    );
  }
  const answer = await concerningRun(
    api.request(`${path}/experiment`, { json: experimentBody(settings), signal }),
  );
  const experiment = experimentOf(answer.text);
  const run = onlineState(settings, project, experiment);
  if (answer.status === 201 || settings.resume === "never" || isOurs) {
    return { run, lastSteps: undefined };
  }
  const { createdAt } = experiment;
  const began =
    createdAt ?? experimentOf((await concerningRun(api.request(found, { signal }))).text).createdAt;
  return { run, lastSteps: await readLastSteps(api, project, experiment, began, signal) };
}

async function findOrMakeProject(
  api: SwanLabApi,
  settings: RunSettings,
  signal: AbortSignal,
): Promise<Project> {
  const user = encodeURIComponent(settings.workspace ?? (await api.user(signal)));
  const path = `/project/${user}/${encodeURIComponent(settings.project)}`;
  try {
    return projectOf((await api.request(path, { signal })).text);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    if (error.status !== 404) return concerningRun(Promise.reject(error));
  }
  const json = { name: settings.project, visibility: settings.public ? "PUBLIC" : "PRIVATE" };
  await concerningRun(api.request(`/projects/${user}`, { json, signal }));
  return projectOf((await concerningRun(api.request(path, { signal }))).text);
}

async function exists(api: SwanLabApi, path: string, signal: AbortSignal): Promise<boolean> {
  try {
    experimentOf((await api.request(path, { signal })).text);
    return true;
  } catch (error) {
    if (error instanceof ServiceError && error.status === 404) return false;
    return concerningRun(Promise.reject(error));
  }
}

/**
 * Asks for the run after a delivery: the requests of a delivery are answered with nothing that only SwanLab says, and here it
 * names the run.
 *
 * @throws {TrackerUnreachableError} if another program answers; `permanent` if the run was deleted.
 */
export async function confirmRun(
  api: SwanLabApi,
  { user, project, experimentId }: OnlineState,
  signal: AbortSignal,
): Promise<void> {
  const [owner, name, id] = [user, project, experimentId].map(encodeURIComponent);
  const request = api.request(`/project/${owner}/${name}/runs/${id}`, { signal });
  const { text } = await concerningRun(request, (refusal) => `${refusal}. Was the run deleted?`);
  if (experimentOf(text).id === experimentId) return;
  throw new TrackerUnreachableError(
    "SwanLab answered with another run than the one that was asked for.",
  );
}

/** Without members that have no value, as SwanLab's own client sends it. */
function experimentBody(settings: RunSettings): { readonly [name: string]: unknown } {
  const { name, description, color, tags = [], jobType, group, id } = settings;
  const optional = {
    description,
    job: jobType,
    cluster: group,
    labels: tags.length > 0 ? tags.map((tag) => ({ name: tag })) : undefined,
  };
  const given = Object.entries(optional).filter(([, value]) => value !== undefined && value !== "");
  // When the first values come, not when the run began: the pages look for values from this moment on.
  const createdAt = timeText(Date.now());
  return { name, createdAt, colors: [color, color], ...Object.fromEntries(given), cuid: id };
}

function onlineState(
  { apiHost }: RunSettings,
  project: Project,
  { id, slug, name }: Experiment,
): OnlineState {
  const web = apiHost.replace("//api.swanlab.cn", "//swanlab.cn");
  const [user, title, run] = [project.user, project.name, slug || id].map(encodeURIComponent);
  return {
    ...{ user: project.user, project: project.name, projectId: project.id, experimentId: id, name },
    url: `${web}/@${user}/${title}/runs/${run}`,
  };
}

async function readLastSteps(
  api: SwanLabApi,
  project: Project,
  { id }: Experiment,
  createdAt: string | undefined,
  signal: AbortSignal,
): Promise<LastSteps> {
  const seconds = Math.floor(Date.parse(createdAt ?? "") / 1000);
  const query = { all: "True", createdAt: Number.isFinite(seconds) ? seconds : 0 };
  const path = `/house/metrics/summaries/${encodeURIComponent(project.id)}/${encodeURIComponent(id)}`;
  return lastStepsOf((await concerningRun(api.request(path, { query, signal }))).text);
}
