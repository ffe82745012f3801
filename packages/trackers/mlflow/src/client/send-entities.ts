import type { Entity } from "../operation.ts";
import { batchOf, splitEntities } from "./batch.ts";
import type { MlflowClient } from "./client.ts";
import { unusable } from "./open-run.ts";
import { Refusal } from "./refusal.ts";

/** Handles an entity that the server refuses. */
export type RefusalHandler = (entity: Entity, refusal: Refusal) => void;

/**
 * Sends entities in as few requests as the server allows. A refused request is halved until the refused entity is
 * alone, so that the others are recorded.
 */
export async function sendEntities(
  client: MlflowClient,
  runId: string,
  entities: readonly Entity[],
  onRefused: RefusalHandler,
): Promise<void> {
  for (const part of splitEntities(entities)) await sendPart(client, runId, part, onRefused);
}

async function sendPart(
  client: MlflowClient,
  runId: string,
  part: readonly Entity[],
  onRefused: RefusalHandler,
): Promise<void> {
  try {
    await client.logBatch(runId, batchOf(part));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (concernsRun(error)) throw unusable(`the run ${runId} accepts nothing (${error.message})`);
    const [first] = part;
    if (part.length === 1 && first) {
      if (!isRecordedAlready(first, error)) onRefused(first, error);
      return;
    }
    const middle = Math.ceil(part.length / 2);
    await sendPart(client, runId, part.slice(0, middle), onRefused);
    await sendPart(client, runId, part.slice(middle), onRefused);
  }
}

/** The run is gone or deleted: no entity of it will be taken. */
function concernsRun({ code, message }: Refusal): boolean {
  return code === "RESOURCE_DOES_NOT_EXIST" || /must be in the 'active' state/.test(message);
}

/** Servers before version 3 give this answer when the same NaN is sent again. */
function isRecordedAlready({ kind, entry }: Entity, { message }: Refusal): boolean {
  return kind === "metric" && entry.value === "NaN" && /UNIQUE|duplicate/i.test(message);
}

/** The longest parameter that an old server accepts, from its refusal. */
export function allowedParamLength({ message }: Refusal): number | undefined {
  const [, limit] = /(?:length limit|maximum length) of (\d+)/.exec(message) ?? [];
  return limit === undefined ? undefined : Number(limit);
}

/** Parameters never change: the server keeps the first value. */
export function isChangedParam({ message }: Refusal): boolean {
  return /changing param|already logged|UNIQUE/i.test(message);
}
