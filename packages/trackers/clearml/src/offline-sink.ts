import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { TrackerUnreachableError } from "@acc/core/tracker";
import {
  appendAt,
  type LeaveOut,
  movedPath,
  portions,
  replaceFile,
  replaceFileByCopy,
  type SendOptions,
  ShortFileError,
  savedPath,
  whenWritable,
} from "@acc/tracker-kit";
import { type ArtifactEntry, withArtifactFile } from "./artifact-file.ts";
import { REQUEST_LIMITS } from "./client/api-session.ts";
import { artifactPath, taskFolder } from "./format/file-path.ts";
import { applyEdit } from "./format/task-fields.ts";
import type { Artifact, Operation, OutputModel } from "./operation.ts";
import type { Sink } from "./sink.ts";
import type { OfflineState, RunState } from "./state.ts";
import { zipFolder } from "./zip-folder.ts";

const SESSION = "ClearML's offline session";
/** The files of a session. */
const KEPT = /^(task\.json|metrics\.jsonl|log\.jsonl|data\/.*)$/s;

/**
 * Writes a session as the Python client does in its offline mode: a folder, and at the end a zip file beside it, for
 * `Task.import_offline_session`. After a crash, the lines of an unfinished delivery are cut off.
 */
export class OfflineSink implements Sink {
  readonly id: string;
  readonly webPage = undefined;
  readonly #run: Pick<RunState, "projectName" | "taskName" | "taskType" | "worker" | "script">;
  readonly #folder: string;
  #state: OfflineState;

  /** @param runFolder the tracker's folder now: the session may have been moved with it. */
  constructor(id: string, run: RunState, state: OfflineState, runFolder: string) {
    this.id = id;
    this.#folder = movedPath(state.folder, runFolder);
    this.#run = run;
    this.#state = { ...state, folder: savedPath(this.#folder, runFolder) };
  }

  /** The state of the files; it changes when `send` resolves. */
  get state(): OfflineState {
    return this.#state;
  }

  send(
    operations: readonly Operation[],
    { leaveOut }: Pick<SendOptions, "leaveOut">,
  ): Promise<void> {
    return whenWritable(SESSION, () => this.#send(operations, leaveOut));
  }

  async #send(operations: readonly Operation[], leaveOut: LeaveOut): Promise<void> {
    const folder = this.#folder;
    let { fields } = this.#state;
    const artifacts = new Map(this.#state.artifacts.map((artifact) => [artifact.key, artifact]));
    const metrics: string[] = [];
    const lines: string[] = [];
    const task = this.id;
    await mkdir(join(folder, "data"), { recursive: true });
    for (const operation of operations) {
      switch (operation.kind) {
        case "metric":
          metrics.push(JSON.stringify({ ...operation.event, task }));
          break;
        case "sample": {
          const key = `${this.#taskFolder}/${operation.path}`;
          await replaceFile(join(folder, "data", key), operation.bytes);
          metrics.push(JSON.stringify({ ...operation.event, task, key, url: key }));
          break;
        }
        case "line": {
          const { sequence: _, ...line } = operation.line;
          lines.push(JSON.stringify({ type: "log", ...line, task, worker: this.#run.worker }));
          break;
        }
        case "edit":
          fields = applyEdit(fields, operation.edit);
          break;
        case "artifact":
          artifacts.set(operation.artifact.key, await this.#keep(operation.artifact));
          break;
        case "model": {
          const { model } = operation;
          const key = freeName(model.name, artifacts);
          leaveOut(
            `the model "${model.name}" of an offline session`,
            `it is the artifact "${key}".`,
          );
          artifacts.set(key, await this.#keep(artifactOf(model, key)));
          break;
        }
        case "close":
          break; // the import completes the task
        default:
          operation satisfies never;
      }
    }
    const { metricsBytes, logBytes } = this.#state;
    const next = {
      ...this.#state,
      metricsBytes: await append(join(folder, "metrics.jsonl"), metricsBytes, metrics),
      logBytes: await append(join(folder, "log.jsonl"), logBytes, lines),
      fields,
      artifacts: [...artifacts.values()],
    };
    await this.#writeTask(next);
    this.#state = next;
  }

  async finish(): Promise<void> {
    await this.send([], { leaveOut: () => {} }); // a run without events is a session too
    const folder = this.#folder;
    const isKept = (name: string) => KEPT.test(name) && !name.endsWith(".tmp");
    await whenWritable(SESSION, () => zipFolder(folder, `${folder}.zip`, isKept));
  }

  get #taskFolder(): string {
    return taskFolder(this.#run.projectName, this.#run.taskName, this.id);
  }

  /** The import looks for artifacts below `data/`; a path relative to it lets the session be moved. */
  #keep(
    artifact: Parameters<typeof withArtifactFile>[0],
  ): Promise<ArtifactEntry & { uri: string }> {
    const folder = this.#folder;
    return withArtifactFile(artifact, folder, async ({ path, fileName, entry }) => {
      const uri = `${this.#taskFolder}/${artifactPath(artifact.key, fileName)}`;
      await replaceFileByCopy(join(folder, "data", uri), path);
      return { ...entry, uri };
    });
  }

  async #writeTask({ fields, artifacts }: OfflineState): Promise<void> {
    const { projectName, taskName, taskType, script } = this.#run;
    const task = {
      id: this.id,
      name: taskName,
      type: taskType,
      project_name: projectName,
      tags: fields.tags,
      comment: fields.comment ?? "",
      hyperparams: fields.hyperparams,
      configuration: fields.configuration,
      ...(script ? { script: { ...script, requirements: { pip: "", conda: "" } } } : {}),
      execution: { artifacts },
      output: {},
      offline_folder: "",
      offline_output_models: [],
    };
    await replaceFile(join(this.#folder, "task.json"), JSON.stringify(task));
  }
}

/**
 * A model as an artifact. The models of a session are named by absolute paths, and a session cannot be imported at all if one is not
 * there any more.
 */
function artifactOf({ timestamp, path }: OutputModel, key: string): Artifact {
  return { key, timestamp, type: "model", source: { path } };
}

function freeName(name: string, taken: ReadonlyMap<string, unknown>): string {
  let free = name;
  for (let count = 2; taken.has(free); count++) free = `${name}_${count}`;
  return free;
}

/**
 * Cuts the file off at `size` bytes and appends lines of lists of events; the import sends a line as one request.
 *
 * @returns the new size.
 */
async function append(path: string, size: number, events: readonly string[]): Promise<number> {
  const text = portions(events, REQUEST_LIMITS)
    .map((part) => `[${part.join(", ")}]\n`)
    .join("");
  try {
    return await appendAt(path, size, Buffer.from(text));
  } catch (error) {
    if (!(error instanceof ShortFileError)) throw error;
    throw new TrackerUnreachableError(
      `ClearML's offline session was changed, or is on another machine (${error.message}). Run \`acc sync\` where it is.`,
      { permanent: true },
    );
  }
}
