import type { ServerResponse } from "node:http";
import { Refusal } from "../wire/refusal.ts";
import type { LibraryChange, RunGrowth } from "../wire/schema.ts";
import { writeHead } from "./answer.ts";

export const MAX_STREAMS = 16;
/** A comment now and then shows a client that the server is there, and the server that the client is. */
const HEARTBEAT_MS = 10_000;
/** A client that reads nothing for this long is let go. */
const PATIENCE_MS = 30_000;

type Stream = {
  readonly response: ServerResponse;
  /** Since when it takes no more; undefined while it does. */
  fullSinceMs: number | undefined;
  /** What it has to be told once it takes more: the newest state of each run, so it never grows beyond the number of runs. */
  waiting: Merged | undefined;
};

type Merged = {
  readonly added: Set<string>;
  readonly removed: Set<string>;
  readonly grown: Map<string, RunGrowth>;
};

/** Tells all open pages what has changed, as server-sent events. */
export class EventStreams {
  readonly #streams = new Set<Stream>();
  readonly #heartbeat: NodeJS.Timeout;

  constructor() {
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  /** @throws {Refusal} if there are too many already. */
  open(response: ServerResponse): void {
    if (this.#streams.size >= MAX_STREAMS) throw new Refusal(429, "Too many pages are open.");
    const stream: Stream = { response, fullSinceMs: undefined, waiting: undefined };
    this.#streams.add(stream);
    response.on("close", () => this.#streams.delete(stream));
    response.on("drain", () => {
      stream.fullSinceMs = undefined;
      const { waiting } = stream;
      stream.waiting = undefined;
      if (waiting) this.#send(stream, textOf(waiting));
    });
    writeHead(response, { type: "text/event-stream" });
    this.#send(stream, ": hello\n\n");
  }

  publish(change: LibraryChange): void {
    const text = textOf(merge(undefined, change));
    for (const stream of this.#streams) {
      if (stream.fullSinceMs === undefined) this.#send(stream, text);
      else stream.waiting = merge(stream.waiting, change);
    }
  }

  close(): void {
    clearInterval(this.#heartbeat);
    for (const { response } of this.#streams) response.end();
  }

  #send(stream: Stream, text: string): void {
    if (!stream.response.write(text)) stream.fullSinceMs ??= Date.now();
  }

  #beat(): void {
    for (const stream of this.#streams) {
      if (stream.fullSinceMs === undefined) this.#send(stream, ":\n\n");
      else if (Date.now() - stream.fullSinceMs > PATIENCE_MS) stream.response.destroy();
    }
  }
}

function merge(before: Merged | undefined, { added, removed, grown }: LibraryChange): Merged {
  const merged = before ?? { added: new Set(), removed: new Set(), grown: new Map() };
  for (const id of added) {
    merged.added.add(id);
    merged.removed.delete(id);
  }
  for (const run of grown) {
    const keys = { ...merged.grown.get(run.id)?.keys, ...run.keys };
    merged.grown.set(run.id, { ...run, keys });
  }
  for (const id of removed) {
    merged.removed.add(id);
    merged.added.delete(id);
    merged.grown.delete(id);
  }
  return merged;
}

function textOf({ added, removed, grown }: Merged): string {
  const change: LibraryChange = {
    ...{ added: [...added], removed: [...removed], grown: [...grown.values()] },
  };
  return `event: change\ndata: ${JSON.stringify(change)}\n\n`;
}
