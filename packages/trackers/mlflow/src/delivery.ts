import { AcceleratorError, type DeliveredEvent } from "@acc/core";
import type { LeftOut } from "@acc/tracker-kit";
import type { ArtifactStore } from "./artifact-store.ts";
import type { Entity } from "./batch.ts";
import { eventTasks } from "./event-tasks.ts";
import type { MlflowClient } from "./mlflow-client.ts";
import { longTextUpload } from "./param-tasks.ts";
import type { Recording } from "./recording.ts";
import { Refusal } from "./refusal.ts";
import { safeText } from "./safe-text.ts";
import { allowedParamLength, isChangedParam, sendEntities } from "./send-entities.ts";
import { tagTasks } from "./tag-tasks.ts";
import type { Task } from "./task.ts";

export type DeliveryOptions = {
  readonly client: MlflowClient;
  readonly store: ArtifactStore;
  /** The run at the server. */
  readonly runId: string;
  /** Of the recording, the same in every attempt. */
  readonly runKey: string;
  readonly recording: Recording;
  readonly leftOut: LeftOut;
  /** Called whenever the server has all of what was recorded so far. */
  readonly onRecorded: () => void;
};

/**
 * One attempt to record events. Numbers, parameters and tags wait for each other and are sent together; whatever is left
 * to send comes with `flush`. Nothing that one value does wrong keeps another from being recorded.
 */
export class Delivery {
  readonly #options: DeliveryOptions;
  #pending: Entity[] = [];
  /** Counted once the event is recorded, not in every attempt. */
  #leftOut: [what: string, advice: string][] = [];

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  async record(event: DeliveredEvent): Promise<void> {
    const { recording, runKey } = this.#options;
    const { sequence } = event;
    let tasks: Task[] = [];
    try {
      const leftOut = { add: this.#leaveOut };
      tasks = eventTasks(event, {
        ...{ recording, leftOut, sequence },
        identity: `${runKey} ${sequence}`,
      });
    } catch (error) {
      this.#leaveOut(`event ${sequence} (${event.type})`, textOf(error));
    }
    for (const task of tasks) await this.perform(task);
    recording.done = sequence;
    // A large file must not be sent again because something behind it fails.
    if (event.type === "artifact") await this.flush();
  }

  async perform(task: Task): Promise<void> {
    if (task.kind === "metric" || task.kind === "param" || task.kind === "tag") {
      this.#pending.push(task);
      return;
    }
    const { client, store, runId } = this.#options;
    await this.#sendPending();
    try {
      if (task.kind === "upload") await store.store(task);
      else if (task.kind === "end") await client.updateRun(runId, task.status, this.#endTimeMs);
      else await client.deleteTag(runId, task.key);
    } catch (error) {
      if (!(error instanceof AcceleratorError || error instanceof Refusal)) throw error;
      this.#leaveOut(nameOf(task), error.message);
    }
  }

  /** Sends what is left. Everything recorded so far is at the server when it resolves. */
  async flush(): Promise<void> {
    await this.#sendPending();
    for (const [what, advice] of this.#leftOut) this.#options.leftOut.add(what, advice);
    this.#leftOut = [];
    this.#options.onRecorded();
  }

  get #endTimeMs(): number {
    return this.#options.recording.lastTimeMs;
  }

  async #sendPending(): Promise<void> {
    const { client, runId } = this.#options;
    while (this.#pending.length > 0) {
      const entities = this.#pending;
      this.#pending = [];
      const instead: Task[] = [];
      await sendEntities(client, runId, entities, (entity, refusal) => {
        instead.push(...this.#replace(entity, refusal));
      });
      for (const task of instead) await this.perform(task);
    }
  }

  /** What is recorded instead of something that the server refuses. */
  #replace(entity: Entity, refusal: Refusal): Task[] {
    const { recording } = this.#options;
    const { key, value } = entity.entry;
    if (entity.kind === "param") {
      const limit = allowedParamLength(refusal);
      const text = String(value);
      if (limit !== undefined && limit < text.length) {
        recording.maxParamLength = Math.min(limit, recording.maxParamLength);
        const entry = { key, value: safeText(text, limit) };
        return [{ kind: "param", entry }, longTextUpload("params", key, text)];
      }
      if (isChangedParam(refusal)) {
        this.#leaveOut(
          `another value of the parameter "${key}"`,
          `parameters never change; the new value is the tag "param.${key}"`,
        );
        return tagTasks(`param.${key}`, text, recording);
      }
    }
    this.#leaveOut(`the ${entity.kind} "${key}"`, refusal.message);
    return [];
  }

  readonly #leaveOut = (what: string, advice: string): void => {
    this.#leftOut.push([what, advice]);
  };
}

function nameOf(task: Task): string {
  if (task.kind === "upload") return `the artifact "${task.path}"`;
  return task.kind === "end" ? `the end status ${task.status}` : "the removal of a tag";
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
