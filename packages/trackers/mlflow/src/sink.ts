import { AcceleratorError } from "@acc/core/tracker";
import { type LeaveOut, sideBySide } from "@acc/tracker-kit";
import { ArtifactStore } from "./client/artifact-store.ts";
import type { MlflowClient } from "./client/client.ts";
import { ModelStore } from "./client/model-store.ts";
import { Refusal } from "./client/refusal.ts";
import { sendEntities } from "./client/send-entities.ts";
import type { Entity, Operation, RunStatus, Upload } from "./operation.ts";
import type { OpenedRun } from "./state.ts";

export type SendOptions = {
  readonly leaveOut: LeaveOut;
  /** Replaces an operation that the server refuses. */
  readonly replace: (entity: Entity, refusal: Refusal) => readonly Operation[];
};

const UPLOADS_AT_ONCE = 8;

/**
 * A run at the server. Consecutive numbers, parameters and tags are sent together. If the server refuses a value, the
 * others are still recorded.
 */
export class Sink {
  readonly #client: MlflowClient;
  readonly #store: ArtifactStore;
  readonly #models: ModelStore;
  readonly #runId: string;

  constructor(client: MlflowClient, run: OpenedRun) {
    this.#client = client;
    this.#store = new ArtifactStore(client, run);
    this.#models = new ModelStore(client, run.runId);
    this.#runId = run.runId;
  }

  /** Resolves when the server has everything. */
  async send(operations: readonly Operation[], options: SendOptions): Promise<void> {
    let entities: Entity[] = [];
    let uploads = new Map<string, Upload>();
    const flush = async (): Promise<void> => {
      const files = [...uploads.values()];
      const values = entities;
      [entities, uploads] = [[], new Map()];
      // Files first: a tag may name them.
      await sideBySide(files, UPLOADS_AT_ONCE, (file) => this.#do(file, options.leaveOut));
      await this.#sendEntities(lastTags(values), options);
    };
    for (const operation of operations) {
      if (isEntity(operation)) entities.push(operation);
      else if (operation.kind === "upload") {
        const { path } = operation;
        // The later of two files of one name is to stay; of a file and a folder of one name, the earlier.
        if ([...uploads.keys()].some((other) => isInWay(other, path))) await flush();
        uploads.set(path, operation);
      } else {
        await flush();
        await this.#do(operation, options.leaveOut);
      }
    }
    await flush();
  }

  /** Ends the run. */
  async finish(status: RunStatus, endTimeMs: number): Promise<void> {
    await this.#client.updateRun(this.#runId, status, endTimeMs);
  }

  async #do(operation: Exclude<Operation, Entity>, leaveOut: LeaveOut): Promise<void> {
    try {
      switch (operation.kind) {
        case "upload":
          await this.#store.store(operation, leaveOut);
          break;
        case "model":
          await this.#models.log(operation);
          break;
        case "dataset":
          await this.#client.logInput(this.#runId, operation);
          break;
        case "delete-tag":
          await this.#client.deleteTag(this.#runId, operation.key);
          break;
        case "end":
          await this.finish(operation.status, operation.endTimeMs);
          break;
        default:
          operation satisfies never;
      }
    } catch (error) {
      if (!(error instanceof AcceleratorError || error instanceof Refusal)) throw error;
      leaveOut(nameOf(operation), error.message);
    }
  }

  async #sendEntities(entities: readonly Entity[], options: SendOptions): Promise<void> {
    if (entities.length === 0) return;
    const instead: Operation[] = [];
    await sendEntities(this.#client, this.#runId, entities, (entity, refusal) => {
      instead.push(...options.replace(entity, refusal));
    });
    await this.send(instead, options);
  }
}

/** Whether two paths are one, or one lies below the other. */
function isInWay(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
}

/** Without tags that a later one of the same name replaces: each of them would be a request of its own. */
function lastTags(entities: readonly Entity[]): Entity[] {
  const tags = entities.filter(({ kind }) => kind === "tag");
  const last = new Map(tags.map((tag) => [tag.entry.key, tag]));
  return entities.filter(
    (entity) => entity.kind !== "tag" || last.get(entity.entry.key) === entity,
  );
}

function isEntity(operation: Operation): operation is Entity {
  const { kind } = operation;
  return kind === "metric" || kind === "param" || kind === "tag";
}

function nameOf(operation: Exclude<Operation, Entity>): string {
  if (operation.kind === "upload") return `the artifact "${operation.path}"`;
  if (operation.kind === "model") return `the model "${operation.name}"`;
  if (operation.kind === "dataset") return `the dataset "${operation.dataset.name}"`;
  return operation.kind === "end" ? `the end status ${operation.status}` : "the removal of a tag";
}
