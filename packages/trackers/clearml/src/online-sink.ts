import type { FinishStatus } from "@acc/core/tracker";
import {
  concerningRun,
  Heartbeat,
  portions,
  type SendOptions,
  ServiceError,
} from "@acc/tracker-kit";
import { withArtifactFile } from "./artifact-file.ts";
import { type ApiSession, notClearML, REQUEST_LIMITS } from "./client/api-session.ts";
import { ConsoleLines } from "./client/console-lines.ts";
import { openTask } from "./client/open-task.ts";
import { registerModel } from "./client/register-model.ts";
import { artifactPath, modelPath, taskFolder, urlPath } from "./format/file-path.ts";
import { applyEdit, type TaskEdit, type TaskFields } from "./format/task-fields.ts";
import {
  type MetricEvent,
  type Operation,
  type OutputModel,
  SINGLE_VALUE_ITERATION,
} from "./operation.ts";
import type { Sink } from "./sink.ts";
import type { OnlineState, RunState } from "./state.ts";

export type OnlineSinkOptions = {
  readonly runId: string;
  readonly run: RunState;
  /** Folder for files that are made on the way. */
  readonly scratch: string;
  readonly webHost: string;
  /** Tags and comment that the user gave. */
  readonly first: TaskEdit;
  /** Send heartbeats: the server stops a task that it has not heard of for two hours. */
  readonly keepAlive: boolean;
  /** Saves the state at once. */
  readonly save: (state: OnlineState) => Promise<void>;
};

const PING_INTERVAL_MS = 60_000;

/** A task of an API server. */
export class OnlineSink implements Sink {
  readonly #session: ApiSession;
  readonly #options: OnlineSinkOptions;
  readonly #lines: ConsoleLines;
  #state: OnlineState;
  #isOpen = false;
  /** The events of this delivery that the server refused. */
  #refused: string[] = [];
  readonly #heartbeat = new Heartbeat();

  constructor(session: ApiSession, options: OnlineSinkOptions, state: OnlineState) {
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

  async send(operations: readonly Operation[], { signal }: SendOptions): Promise<void> {
    this.#refused = [];
    const task = await this.#open(signal);
    const edits = operations.flatMap((operation) =>
      operation.kind === "edit" ? [operation.edit] : [],
    );
    await this.#edit(edits, signal);
    const events: string[] = [];
    for (const operation of operations) {
      if (operation.kind === "artifact") await this.#uploadArtifact(operation.artifact, signal);
      if (operation.kind === "model") await this.#uploadModel(operation.model, signal);
      if (operation.kind === "metric") events.push(this.#encode(operation.event));
      if (operation.kind !== "sample") continue;
      const key = `${this.#folder(task)}/${operation.path}`;
      const { bytes, type } = operation;
      await this.#session.upload(key, bytes, { type, task, signal });
      events.push(this.#encode(operation.event, { key, url: this.#urlOf(key) }));
    }
    for (const part of portions(events, REQUEST_LIMITS)) await this.#addBatch(part, signal);
    const lines = operations.flatMap((operation) =>
      operation.kind === "line" ? [operation.line] : [],
    );
    await this.#lines.send(task, lines, {
      attempted: this.#state.linesAttempted,
      attempt: (sequence) => this.#update({ linesAttempted: sequence }),
      add: (part) => this.#addBatch(part, signal),
      signal,
    });
    if (operations.some((operation) => operation.kind === "close")) await this.#complete(signal);
    // The hub then delivers the events one by one: it counts those that are refused, and the others are recorded.
    const [reason] = this.#refused;
    if (reason !== undefined) throw new ServiceError(reason, { status: 400, body: reason });
  }

  async finish(status: FinishStatus): Promise<void> {
    const task = await this.#open(undefined);
    if (status === "success") await this.#complete(undefined);
    else {
      const status_reason = "the training failed";
      const failed = this.#change("tasks.failed", { task, force: true, status_reason }, undefined);
      await concerningRun(failed, withAdvice);
    }
    this.#heartbeat.stop();
  }

  async #complete(signal: AbortSignal | undefined): Promise<void> {
    const body = { task: this.id, force: true, status_reason: "completed", publish: false };
    await concerningRun(this.#change("tasks.completed", body, signal), withAdvice);
  }

  /** Finds or makes the task, and starts it. */
  async #open(signal: AbortSignal | undefined): Promise<string> {
    if (this.#state.taskId === undefined) {
      const { runId, run } = this.#options;
      // Saved at once: another process must not make a second task or change the offset.
      const opening = openTask(this.#session, { runId, run, state: this.#state, signal });
      await this.#update(await concerningRun(opening, withAdvice));
    }
    const task = this.#state.taskId as string;
    if (this.#isOpen) return task;
    if (!this.#state.isStarted) {
      await this.#edit([this.#options.first], signal);
      await concerningRun(this.#change("tasks.started", { task, force: true }, signal), withAdvice);
      this.#state = { ...this.#state, isStarted: true };
    }
    this.#isOpen = true;
    if (this.#options.keepAlive) {
      const beat = () => this.#session.call("tasks.ping", { task });
      this.#heartbeat.start({ everyMs: PING_INTERVAL_MS, beat });
    }
    return task;
  }

  async #update(change: Partial<OnlineState>): Promise<void> {
    this.#state = { ...this.#state, ...change };
    await this.#options.save(this.#state);
  }

  /** The server replaces these fields as a whole, so they are read first, as the Python client does. */
  async #edit(edits: readonly TaskEdit[], signal: AbortSignal | undefined): Promise<void> {
    const names = new Set(edits.flatMap((edit) => Object.keys(edit)));
    if (names.size === 0) return;
    const { taskId: task } = this.#state;
    type Reply = { readonly task?: Partial<TaskFields> };
    const reply = await this.#session.call<Reply>("tasks.get_by_id", { task }, signal);
    if (!reply.task) throw notClearML("tasks.get_by_id", "the task");
    const { hyperparams = {}, configuration = {}, tags = [] } = reply.task;
    const fields = edits.reduce(applyEdit, { hyperparams, configuration, tags });
    const changed = Object.entries(fields).filter(([name]) => names.has(name));
    await this.#change("tasks.edit", { task, force: true, ...Object.fromEntries(changed) }, signal);
  }

  async #uploadArtifact(
    artifact: Parameters<typeof withArtifactFile>[0],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const task = this.#state.taskId as string;
    await withArtifactFile(artifact, this.#options.scratch, async (file) => {
      const path = `${this.#folder(task)}/${artifactPath(artifact.key, file.fileName)}`;
      await this.#session.upload(
        path,
        { path: file.path },
        { type: file.contentType, task, signal },
      );
      const artifacts = [{ ...file.entry, uri: this.#urlOf(path) }];
      const body = { task, artifacts, force: true };
      await this.#change("tasks.add_or_update_artifacts", body, signal);
    });
  }

  async #uploadModel(model: OutputModel, signal: AbortSignal | undefined): Promise<void> {
    const { taskId, projectId } = this.#state;
    const task = taskId as string;
    const { runId, run, scratch } = this.#options;
    const { name: key, timestamp, sequence, path: from } = model;
    const artifact = { key, timestamp, type: "model", source: { path: from } };
    await withArtifactFile(artifact, scratch, async ({ path, fileName, contentType, entry }) => {
      const identity = `${runId.slice(0, 8)}-${sequence}`;
      const target = `${this.#folder(task)}/${modelPath(key, identity, fileName)}`;
      await this.#session.upload(target, { path }, { type: contentType, task, signal });
      const isPackage = entry.type === "archive";
      const [uri, { taskName }] = [this.#urlOf(target), run];
      const place = { task, projectId, taskName, runId, uri, isPackage };
      await registerModel(this.#session, model, place, signal);
    });
  }

  /** A call that changes the task: the server answers how many it changed. */
  async #change(action: string, body: object, signal: AbortSignal | undefined): Promise<void> {
    const reply = await this.#session.call<{ readonly updated?: number }>(action, body, signal);
    if (typeof reply.updated !== "number") throw notClearML(action, "a count");
  }

  #encode(event: MetricEvent, more: object = {}): string {
    const { taskId: task, iterationOffset = 0 } = this.#state;
    const isSingle = event.iter === SINGLE_VALUE_ITERATION;
    const iter = isSingle ? event.iter : event.iter + iterationOffset;
    return JSON.stringify({ ...event, iter, task, ...more });
  }

  async #addBatch(lines: readonly string[], signal: AbortSignal | undefined): Promise<void> {
    type Reply = {
      readonly added?: number;
      readonly errors?: number;
      readonly errors_info?: unknown;
    };
    const reply = await this.#session.callLines<Reply>("events.add_batch", lines, signal);
    if (typeof reply.added !== "number") throw notClearML("events.add_batch", "a count");
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

/** What a user can do if the server refuses to open or to close the task. */
function withAdvice(refusal: string): string {
  return `${refusal} (see whether the task and its project are there, then run acc sync)`;
}
