import { portions } from "@acc/tracker-kit";
import type { ConsoleLine } from "../operation.ts";
import { type ApiSession, notClearML, REQUEST_LIMITS } from "./api-session.ts";

export type SendOptions = {
  /** Lines of events up to this one may have been sent by an earlier attempt. */
  readonly attempted: number | undefined;
  /** Saves the fact that lines of events up to this one are about to be sent. */
  readonly attempt: (sequence: number) => Promise<void>;
  readonly add: (lines: readonly string[]) => Promise<void>;
  readonly signal: AbortSignal | undefined;
};

type StoredLine = { readonly timestamp: number; readonly level?: string; readonly msg?: string };

const PAGE = 5000;

/**
 * Sends each console line once. The server keeps every line that it gets (of points and plots only one per iteration),
 * so a line that may have arrived is looked up before it is sent again.
 */
export class ConsoleLines {
  readonly #session: ApiSession;
  readonly #worker: string;
  /** The server has accepted the lines of events up to this one. */
  #accepted = -1;

  constructor(session: ApiSession, worker: string) {
    this.#session = session;
    this.#worker = worker;
  }

  async send(task: string, lines: readonly ConsoleLine[], options: SendOptions): Promise<void> {
    const open = lines.filter((line) => line.sequence > this.#accepted);
    const last = open.at(-1)?.sequence;
    if (last === undefined) return;
    const { attempted = -1, attempt, add, signal } = options;
    const doubtful = open.filter((line) => line.sequence <= attempted);
    const stored = await this.#stored(task, doubtful, signal);
    if (last > attempted) await attempt(last);
    const missing = open.filter((line) => !stored.has(identityOf(line)));
    const events = missing.map(({ sequence: _, ...line }) =>
      JSON.stringify({ type: "log", ...line, task, worker: this.#worker }),
    );
    for (const part of portions(events, REQUEST_LIMITS)) await add(part);
    this.#accepted = last;
  }

  /** Which lines the server has from the first to the last of these. */
  async #stored(
    task: string,
    lines: readonly ConsoleLine[],
    signal: AbortSignal | undefined,
  ): Promise<Set<string>> {
    const stored = new Set<string>();
    const [first, last] = [lines[0], lines.at(-1)];
    if (!first || !last) return stored;
    for (let from = first.timestamp - 1; ; ) {
      const page = await this.#session.call<{ readonly events?: readonly StoredLine[] }>(
        "events.get_task_log",
        { task, batch_size: PAGE, navigate_earlier: false, from_timestamp: from },
        signal,
      );
      const { events } = page;
      if (!Array.isArray(events)) throw notClearML("events.get_task_log", "events");
      for (const event of events) stored.add(identityOf(event));
      const next = events.reduce((latest, { timestamp }) => Math.max(latest, timestamp), from);
      if (next === from || next >= last.timestamp) return stored;
      from = next;
    }
  }
}

function identityOf({ timestamp, level, msg }: StoredLine): string {
  return JSON.stringify([timestamp, level, msg]);
}
