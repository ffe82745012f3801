import type { Entity, KeyText, MetricPoint } from "../operation.ts";

/** The content of one `log-batch` request, which is recorded completely or not at all. */
export type Batch = {
  readonly metrics: readonly MetricPoint[];
  readonly params: readonly KeyText[];
  readonly tags: readonly KeyText[];
};

const MAX_ENTITIES = 1000;
const MAX_PARAMS = 100;
const MAX_TAGS = 100;
/** The documented limit is 1 MB. */
const MAX_BYTES = 900_000;
/** Field names, quotes and digits of one entry, at most. */
const OVERHEAD_BYTES = 120;

/**
 * Splits entities into requests within the server's limits, in their order. A request never holds two values of one
 * parameter or tag: the server refuses the first and keeps either of the second.
 */
export function splitEntities(entities: readonly Entity[]): Entity[][] {
  const parts: Entity[][] = [];
  let part: Entity[] = [];
  let counts = { metric: 0, param: 0, tag: 0, bytes: 0 };
  let keys = new Set<string>();
  for (const entity of entities) {
    const { kind, entry } = entity;
    const bytes = OVERHEAD_BYTES + sizeOf(entry.key) + sizeOf(String(entry.value));
    const key = `${kind} ${entry.key}`;
    const fits =
      part.length < MAX_ENTITIES &&
      (kind !== "param" || counts.param < MAX_PARAMS) &&
      (kind !== "tag" || counts.tag < MAX_TAGS) &&
      (kind === "metric" || !keys.has(key)) &&
      counts.bytes + bytes <= MAX_BYTES;
    if (!fits && part.length > 0) {
      parts.push(part);
      part = [];
      counts = { metric: 0, param: 0, tag: 0, bytes: 0 };
      keys = new Set();
    }
    part.push(entity);
    counts[kind]++;
    counts.bytes += bytes;
    if (kind !== "metric") keys.add(key);
  }
  return part.length === 0 ? parts : [...parts, part];
}

export function batchOf(entities: readonly Entity[]): Batch {
  return {
    metrics: entities.flatMap(({ kind, entry }) => (kind === "metric" ? [entry] : [])),
    params: entities.flatMap(({ kind, entry }) => (kind === "param" ? [entry] : [])),
    tags: entities.flatMap(({ kind, entry }) => (kind === "tag" ? [entry] : [])),
  };
}

/** Bytes in JSON, at most: a quote or a line break takes two, and a rare control character six. */
function sizeOf(text: string): number {
  return Buffer.byteLength(text, "utf8") + (text.match(/["\\\n\r\t]/g)?.length ?? 0);
}
