import { copyFile, mkdir, open, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { TrackerUnreachableError } from "@acc/core";
import { type ArtifactEntry, withArtifactFile } from "./artifact-file.ts";
import type { Change } from "./change.ts";
import { chunk } from "./chunk.ts";
import { artifactPath, taskFolder } from "./file-path.ts";
import type { OfflineState, RunState } from "./run-state.ts";
import { applyEdit } from "./task-fields.ts";
import type { TaskSink } from "./task-sink.ts";
import { zipFolder } from "./zip-files.ts";

/**
 * Writes a session as the Python client does in its offline mode: a folder, and at the end a zip file beside it, for
 * `Task.import_offline_session`. Files end whole after a crash: what an earlier delivery left behind is cut off.
 */
export class OfflineSession implements TaskSink {
  readonly id: string;
  readonly webPage = undefined;
  readonly #run: Pick<RunState, "projectName" | "taskName" | "taskType" | "worker" | "script">;
  #state: OfflineState;

  constructor(id: string, run: RunState, state: OfflineState) {
    this.id = id;
    this.#run = run;
    this.#state = state;
  }

  /** What has been recorded; changes when `record` resolves. */
  get state(): OfflineState {
    return this.#state;
  }

  async record(changes: readonly Change[]): Promise<void> {
    const { folder } = this.#state;
    let { fields } = this.#state;
    const artifacts = new Map(this.#state.artifacts.map((artifact) => [artifact.key, artifact]));
    const metrics: string[] = [];
    const lines: string[] = [];
    const task = this.id;
    await mkdir(join(folder, "data"), { recursive: true });
    for (const change of changes) {
      switch (change.kind) {
        case "metric":
          metrics.push(JSON.stringify({ ...change.event, task }));
          break;
        case "image": {
          const key = `${this.#taskFolder}/${change.path}`;
          const path = join(folder, "data", key);
          await mkdir(dirname(path), { recursive: true });
          await writeFile(path, change.png);
          metrics.push(JSON.stringify({ ...change.event, task, key, url: key }));
          break;
        }
        case "line": {
          const { sequence: _, ...line } = change.line;
          lines.push(JSON.stringify({ type: "log", ...line, task, worker: this.#run.worker }));
          break;
        }
        case "edit":
          fields = applyEdit(fields, change.edit);
          break;
        case "artifact":
          artifacts.set(change.artifact.key, await this.#keep(change.artifact));
          break;
        case "close":
          break; // the import completes the task
        default:
          change satisfies never;
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
    await this.record([]); // also a run without events is a session
    const kept = /^(task\.json|metrics\.jsonl|log\.jsonl|data\/.*)$/s;
    const { folder } = this.#state;
    await zipFolder(folder, `${folder}.zip`, (path) => kept.test(path));
  }

  get #taskFolder(): string {
    return taskFolder(this.#run.projectName, this.#run.taskName, this.id);
  }

  /** The import looks for artifacts below `data/`; a path relative to it lets the session be moved. */
  #keep(
    artifact: Parameters<typeof withArtifactFile>[0],
  ): Promise<ArtifactEntry & { uri: string }> {
    const { folder } = this.#state;
    return withArtifactFile(artifact, folder, async ({ path, fileName, entry }) => {
      const uri = `${this.#taskFolder}/${artifactPath(artifact.key, fileName)}`;
      const target = join(folder, "data", uri);
      await mkdir(dirname(target), { recursive: true });
      const temporary = join(folder, `copy-${process.pid}.tmp`);
      await copyFile(path, temporary);
      await rename(temporary, target);
      return { ...entry, uri };
    });
  }

  async #writeTask({ folder, fields, artifacts }: OfflineState): Promise<void> {
    const { projectName, taskName, taskType, script } = this.#run;
    const task = {
      ...{ id: this.id, name: taskName, type: taskType, project_name: projectName },
      ...{ tags: fields.tags, comment: fields.comment ?? "" },
      ...{ hyperparams: fields.hyperparams, configuration: fields.configuration },
      ...(script ? { script: { ...script, requirements: { pip: "", conda: "" } } } : {}),
      execution: { artifacts },
      ...{ output: {}, offline_folder: "", offline_output_models: [] },
    };
    const path = join(folder, "task.json");
    await writeFile(`${path}.tmp`, JSON.stringify(task));
    await rename(`${path}.tmp`, path);
  }
}

/**
 * Cuts the file off at `size` bytes and appends lines of lists of events; the import sends a line as one request.
 *
 * @returns the new size.
 */
async function append(path: string, size: number, events: readonly string[]): Promise<number> {
  const file = await open(path, "a+");
  try {
    const found = (await file.stat()).size;
    if (found < size) {
      throw new TrackerUnreachableError(
        `ClearML's offline session ${path} has ${found} bytes where ${size} were written: it was changed, or it is on ` +
          "another machine. Run `acc sync` where it is.",
        { permanent: true },
      );
    }
    if (found > size) await file.truncate(size);
    const text = chunk(events)
      .map((part) => `[${part.join(", ")}]\n`)
      .join("");
    await file.appendFile(text);
    return size + Buffer.byteLength(text);
  } finally {
    await file.close();
  }
}
