import type { FinishStatus } from "@acc/core";
import { ServiceError } from "@acc/tracker-kit";
import type { ApiSession } from "./api-session.ts";
import { withArtifactFile } from "./artifact-file.ts";
import { type Change, type MetricEvent, SINGLE_VALUE_ITERATION } from "./change.ts";
import { chunk } from "./chunk.ts";
import { ConsoleLines } from "./console-lines.ts";
import { artifactPath, taskFolder, urlPath } from "./file-path.ts";
import { openTask } from "./open-task.ts";
import type { OnlineState, RunState } from "./run-state.ts";
import { applyEdit, type TaskEdit, type TaskFields } from "./task-fields.ts";
import type { TaskSink } from "./task-sink.ts";

export type OnlineTaskOptions = {
  readonly runId: string;
  readonly run: RunState;
  /** Folder for files that are made on the way. */
  readonly scratch: string;
  readonly webHost: string;
  /** What the user wants the task to have from the start. */
  readonly first: TaskEdit;
  /** Tell the server now and then that the task is alive, so that it does not stop it after two hours. */
  readonly keepAlive: boolean;
  /** Saves the state at once. */
  readonly save: (state: OnlineState) => Promise<void>;
};

const PING_INTERVAL_MS = 60_000;

/** A task of an API server. */
export class OnlineTask implements TaskSink {
  readonly #session: ApiSession;
  readonly #options: OnlineTaskOptions;
  readonly #lines: ConsoleLines;
  #state: OnlineState;
  #isOpen = false;
  /** What the server refused of the delivery at hand. */
  #refused: string[] = [];
  #pings: NodeJS.Timeout | undefined;

  constructor(session: ApiSession, options: OnlineTaskOptions, state: OnlineState) {
    this.#session = session;
    this.#options = options;
    this.#state = state;
    this.#lines = new ConsoleLines(session, options.run.worker);
  }

  get id(): string | undefined {
    return this.#state.taskId;
  }

  get state(): OnlineState {
    return this.#state;
  }

  get webPage(): string | undefined {
    const { taskId, projectId = "*" } = this.#state;
    if (taskId === undefined) return undefined;
    return `${this.#options.webHost}/projects/${projectId}/tasks/${taskId}/output/log`;
  }

  async record(changes: readonly Change[], signal?: AbortSignal): Promise<void> {
    this.#refused = [];
    const task = await this.#open(signal);
    await this.#edit(
      changes.flatMap((change) => (change.kind === "edit" ? [change.edit] : [])),
      signal,
    );
    const events: string[] = [];
    for (const change of changes) {
      if (change.kind === "artifact") await this.#uploadArtifact(change.artifact, signal);
      if (change.kind === "metric") events.push(this.#encode(change.event));
      if (change.kind !== "image") continue;
      const key = `${this.#folder(task)}/${change.path}`;
      await this.#session.upload(key, change.png, "image/png", signal);
      events.push(this.#encode(change.event, { key, url: this.#urlOf(key) }));
    }
    for (const part of chunk(events)) await this.#addBatch(part, signal);
    const lines = changes.flatMap((change) => (change.kind === "line" ? [change.line] : []));
    await this.#lines.send(task, lines, {
      attempted: this.#state.linesAttempted,
      attempt: (sequence) => this.#update({ linesAttempted: sequence }),
      add: (part) => this.#addBatch(part, signal),
      signal,
    });
    if (changes.some((change) => change.kind === "close")) await this.#complete(signal);
    // Delivered again one by one, the events that are refused are counted and the others are kept.
    const [reason] = this.#refused;
    if (reason !== undefined) throw new ServiceError(reason, { status: 400, body: reason });
  }

  async finish(status: FinishStatus): Promise<void> {
    const task = await this.#open(undefined);
    if (status === "success") await this.#complete(undefined);
    else {
      const status_reason = "the training failed";
      await this.#session.call("tasks.failed", { task, force: true, status_reason });
    }
    clearInterval(this.#pings);
  }

  async #complete(signal: AbortSignal | undefined): Promise<void> {
    const body = { task: this.id, force: true, status_reason: "completed", publish: false };
    await this.#session.call("tasks.completed", body, signal);
  }

  /** Finds, makes or adopts the task, and starts it. */
  async #open(signal: AbortSignal | undefined): Promise<string> {
    if (this.#state.taskId === undefined) {
      const { runId, run } = this.#options;
      // Saved at once: another process must not make a second task, nor move the offset.
      await this.#update(await openTask(this.#session, { runId, run, state: this.#state, signal }));
    }
    const task = this.#state.taskId as string;
    if (this.#isOpen) return task;
    if (!this.#state.isStarted) {
      await this.#edit([this.#options.first], signal);
      await this.#session.call("tasks.started", { task, force: true }, signal);
      this.#state = { ...this.#state, isStarted: true };
    }
    this.#isOpen = true;
    if (this.#options.keepAlive) {
      const ping = () => this.#session.call("tasks.ping", { task }).catch(() => {}); // the next one will do
      this.#pings = setInterval(() => void ping(), PING_INTERVAL_MS).unref();
    }
    return task;
  }

  async #update(change: Partial<OnlineState>): Promise<void> {
    this.#state = { ...this.#state, ...change };
    await this.#options.save(this.#state);
  }

  /** The server sets these fields as a whole, so that what is there is read first, as the Python client does. */
  async #edit(edits: readonly TaskEdit[], signal: AbortSignal | undefined): Promise<void> {
    const names = new Set(edits.flatMap((edit) => Object.keys(edit)));
    if (names.size === 0) return;
    const { taskId: task } = this.#state;
    type Reply = { readonly task?: Partial<TaskFields> };
    const reply = await this.#session.call<Reply>("tasks.get_by_id", { task }, signal);
    const { hyperparams = {}, configuration = {}, tags = [] } = reply.task ?? {};
    const fields = edits.reduce(applyEdit, { hyperparams, configuration, tags });
    const changed = Object.entries(fields).filter(([name]) => names.has(name));
    await this.#session.call(
      "tasks.edit",
      { task, force: true, ...Object.fromEntries(changed) },
      signal,
    );
  }

  async #uploadArtifact(
    artifact: Parameters<typeof withArtifactFile>[0],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const task = this.#state.taskId as string;
    await withArtifactFile(artifact, this.#options.scratch, async (file) => {
      const path = `${this.#folder(task)}/${artifactPath(artifact.key, file.fileName)}`;
      await this.#session.upload(path, { path: file.path }, file.contentType, signal);
      const artifacts = [{ ...file.entry, uri: this.#urlOf(path) }];
      const body = { task, artifacts, force: true };
      await this.#session.call("tasks.add_or_update_artifacts", body, signal);
    });
  }

  #encode(event: MetricEvent, more: object = {}): string {
    const { taskId: task, iterationOffset = 0 } = this.#state;
    const isSingle = event.iter === SINGLE_VALUE_ITERATION;
    const iter = isSingle ? event.iter : event.iter + iterationOffset;
    return JSON.stringify({ ...event, iter, task, ...more });
  }

  async #addBatch(lines: readonly string[], signal: AbortSignal | undefined): Promise<void> {
    type Reply = { readonly errors?: number; readonly errors_info?: unknown };
    const reply = await this.#session.callLines<Reply>("events.add_batch", lines, signal);
    if (!reply.errors) return;
    const reasons = JSON.stringify(reply.errors_info ?? {});
    this.#refused.push(`ClearML refused ${reply.errors} of ${lines.length} events: ${reasons}`);
  }

  #folder(task: string): string {
    const { projectName, taskName } = this.#options.run;
    return taskFolder(projectName, taskName, task);
  }

  #urlOf(path: string): string {
    return `${this.#session.filesHost}/${urlPath(path)}`;
  }
}
