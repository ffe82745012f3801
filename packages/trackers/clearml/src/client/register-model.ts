import { wellFormed } from "@acc/tracker-kit";
import type { OutputModel } from "../operation.ts";
import { type ApiSession, notClearML } from "./api-session.ts";

export type ModelPlace = {
  readonly task: string;
  readonly taskName: string;
  readonly projectId: string | undefined;
  /** The run in the journal. */
  readonly runId: string;
  /** Address of the file that is there already. */
  readonly uri: string;
  /** Whether it is a zip file of a folder. */
  readonly isPackage: boolean;
};

type KnownModel = { readonly id?: string; readonly comment?: string };
type TaskModels = {
  readonly output?: readonly { readonly name: string; readonly model: string }[];
};

/** The system tag by which ClearML's own client unpacks a model. */
const PACKAGE = "package";

/** Makes the model, unless an earlier attempt did, and adds it to the models of the task. */
export async function registerModel(
  session: ApiSession,
  model: OutputModel,
  place: ModelPlace,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { task } = place;
  const id =
    (await findModel(session, model, place, signal)) ?? (await make(session, model, place, signal));
  const reply = await session.call<{ readonly task?: { readonly models?: TaskModels } }>(
    "tasks.get_by_id",
    { task },
    signal,
  );
  if (!reply.task) throw notClearML("tasks.get_by_id", "the task");
  const others = (reply.task.models?.output ?? []).filter((one) => one.model !== id);
  const taken = new Set(others.map(({ name }) => name));
  let name = model.name;
  for (let count = 2; taken.has(name); count++) name = `${model.name}_${count}`;
  const body = { task, name, model: id, type: "output" };
  const added = await session.call<{ readonly updated?: number }>(
    "tasks.add_or_update_model",
    body,
    signal,
  );
  if (typeof added.updated !== "number") throw notClearML("tasks.add_or_update_model", "a count");
}

/** By the comment, as the service chooses the ids of models. */
async function findModel(
  session: ApiSession,
  model: OutputModel,
  place: ModelPlace,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const { task, runId } = place;
  const request = {
    task: [task],
    _any_: { fields: ["comment"], pattern: runId },
    only_fields: ["id", "comment"],
  };
  const reply = await session.call<{ readonly models?: readonly KnownModel[] }>(
    "models.get_all",
    request,
    signal,
  );
  if (!Array.isArray(reply.models)) throw notClearML("models.get_all", "models");
  const known = (reply.models as readonly KnownModel[]).find(({ comment }) =>
    comment?.endsWith(markOf(model, place)),
  );
  return known?.id;
}

async function make(
  session: ApiSession,
  model: OutputModel,
  place: ModelPlace,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { modelName, comment, tags = [], framework, labels = {} } = model.description;
  const { task, taskName, projectId, uri, isPackage } = place;
  const body = {
    ...{ uri, task, labels, ready: false, public: false },
    name: wellFormed(modelName ?? `${taskName} - ${model.name}`),
    comment: wellFormed(
      [...(comment ? [comment] : []), `Created by task id: ${task}`, markOf(model, place)].join(
        "\n",
      ),
    ),
    tags: tags.map(wellFormed),
    system_tags: isPackage ? [PACKAGE] : [],
    ...(framework === undefined ? {} : { framework: wellFormed(framework) }),
    ...(projectId === undefined ? {} : { project: projectId }),
  };
  const { id } = await session.call<{ readonly id?: string }>("models.create", body, signal);
  if (typeof id === "string" && id !== "") return id;
  throw notClearML("models.create", "an id");
}

function markOf({ sequence }: OutputModel, { runId }: ModelPlace): string {
  return `Recorded by @acc/tracker-clearml, run ${runId}, event ${sequence}`;
}
