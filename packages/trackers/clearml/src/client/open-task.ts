import type { OnlineState, RunState } from "../state.ts";
import { type ApiSession, notClearML } from "./api-session.ts";

type OpenRequest = {
  readonly runId: string;
  readonly run: RunState;
  readonly state: OnlineState;
  readonly signal: AbortSignal | undefined;
};

type Opened = Pick<OnlineState, "taskId" | "projectId" | "iterationOffset">;

/** Finds the task that the run continues or that an earlier attempt made, or makes one. */
export async function openTask(session: ApiSession, request: OpenRequest): Promise<Opened> {
  const { runId, run, state, signal } = request;
  if (state.continueTask !== undefined) return adopt(session, state, signal);
  const project = await findOrMakeProject(session, run.projectName, signal);
  // An earlier attempt may have made the task, and the answer was lost.
  const comment = `Recorded by @acc/tracker-clearml, run ${runId}`;
  const found = await session.call<{
    readonly tasks?: readonly { readonly id: string; readonly comment?: string }[];
  }>(
    "tasks.get_all",
    {
      project: [project],
      _any_: { fields: ["comment"], pattern: runId },
      only_fields: ["id", "comment"],
      search_hidden: true,
    },
    signal,
  );
  if (!Array.isArray(found.tasks)) throw notClearML("tasks.get_all", "tasks");
  const earlier = found.tasks.find((task) => task.comment === comment);
  if (earlier) return { taskId: earlier.id, projectId: project };
  const { taskName, taskType, script } = run;
  const made = await session.call<{ readonly id?: string }>(
    "tasks.create",
    {
      ...{ name: taskName, type: taskType, project, comment, system_tags: ["development"] },
      ...(script ? { script } : {}),
    },
    signal,
  );
  return { taskId: requireId(made.id, "tasks.create"), projectId: project };
}

async function adopt(
  session: ApiSession,
  { continueTask, wantedOffset }: OnlineState,
  signal: AbortSignal | undefined,
): Promise<Opened> {
  type Reply = {
    readonly task?: {
      readonly id?: string;
      readonly project?: string;
      readonly last_iteration?: number;
    };
  };
  const { task } = await session.call<Reply>("tasks.get_by_id", { task: continueTask }, signal);
  const taskId = requireId(task?.id, "tasks.get_by_id");
  const iterationOffset = wantedOffset ?? (task?.last_iteration ?? -1) + 1;
  return { taskId, iterationOffset, ...(task?.project ? { projectId: task.project } : {}) };
}

async function findOrMakeProject(
  session: ApiSession,
  name: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const found = await session.call<{ readonly projects?: readonly { readonly id: string }[] }>(
    "projects.get_all",
    {
      name: `^${escapePattern(name)}$`,
      only_fields: ["id"],
      shallow_search: false,
      search_hidden: true,
    },
    signal,
  );
  if (!Array.isArray(found.projects)) throw notClearML("projects.get_all", "projects");
  const id = found.projects[0]?.id;
  if (id !== undefined) return id;
  const body = { name, description: "" };
  const made = await session.call<{ readonly id?: string }>("projects.create", body, signal);
  return requireId(made.id, "projects.create");
}

/** As Python's `re.escape`. */
function escapePattern(text: string): string {
  return text.replaceAll(/[()[\]{}?*+\-|^$\\.&~#\s]/g, "\\$&");
}

function requireId(id: string | undefined, action: string): string {
  if (typeof id === "string" && id !== "") return id;
  throw notClearML(action, "an id");
}
