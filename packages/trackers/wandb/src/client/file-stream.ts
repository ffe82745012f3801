import type { FileStreamAnswer, WandbApi } from "./api.ts";

/** The files of a run that grow line by line: rows, samples of the load, and the console. */
export const LINE_FILES = {
  history: "wandb-history.jsonl",
  events: "wandb-events.jsonl",
  output: "output.log",
} as const;

/** So many lines of each. */
export type LineCounts = { readonly [file in keyof typeof LINE_FILES]: number };

/** Lines of a file, and how many the server has before them. */
export type NewLines = { readonly lines: readonly string[]; readonly offset: number };

/** What one delivery adds to a run's files on the server. */
export type StreamUpdate = {
  readonly history: NewLines;
  readonly events: NewLines;
  readonly output: NewLines;
  /** The whole summary as JSON text, if it changed. */
  readonly summary: string | undefined;
  /** Files that are uploaded. */
  readonly uploaded: readonly string[];
  /** Set at the end of the run. */
  readonly exitCode: number | undefined;
};

/** The server accepts 10 MiB per request, and per line with the JSON around it. */
const MAX_REQUEST_BYTES = 5 * 1024 * 1024;
const MAX_LINE_BYTES = 10 * 1024 * 1024 - 100 * 1024;

/** Sends the lines of a run's files to the server. A line has a number, so that none is recorded twice. */
export class FileStream {
  readonly #api: WandbApi;
  readonly #path: string;
  #isStopped = false;
  #lastSentMs = 0;

  constructor(api: WandbApi, run: { entity: string; project: string; id: string }) {
    this.#api = api;
    const parts = [run.entity, run.project, run.id].map(encodeURIComponent);
    this.#path = `/files/${parts.join("/")}/file_stream`;
  }

  /** Whether the user stopped the run in the browser. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** When the last request was answered, in milliseconds since 1970. */
  get lastSentMs(): number {
    return this.#lastSentMs;
  }

  /** Sends lines in as few requests as possible; the end of the run is in the last of them. */
  async send(update: StreamUpdate, signal: AbortSignal): Promise<void> {
    const portions = portionsOf(update.history.lines);
    let { offset } = update.history;
    for (const [at, lines] of portions.entries()) {
      const isLast = at === portions.length - 1;
      await this.#post(bodyOf({ ...update, history: { lines, offset } }, isLast), signal);
      offset += lines.length;
    }
  }

  /** Tells the server that the run is alive. Without it the server marks a silent run as crashed. */
  async beat(signal: AbortSignal): Promise<void> {
    await this.#post("{}", signal);
  }

  async #post(body: string, signal: AbortSignal): Promise<void> {
    const answer: FileStreamAnswer = await this.#api.fileStream(this.#path, body, signal);
    this.#lastSentMs = Date.now();
    if (answer?.stopped) this.#isStopped = true;
  }
}

/** Whether the server accepts the line. */
export function fitsLine(line: string): boolean {
  return Buffer.byteLength(line) <= MAX_LINE_BYTES;
}

/** At least one portion, which may be empty. */
function portionsOf(lines: readonly string[]): string[][] {
  let portion: string[] = [];
  const portions = [portion];
  let bytes = 0;
  for (const line of lines) {
    const size = Buffer.byteLength(line);
    if (portion.length > 0 && bytes + size > MAX_REQUEST_BYTES) {
      portion = [];
      portions.push(portion);
      bytes = 0;
    }
    portion.push(line);
    bytes += size;
  }
  return portions;
}

function bodyOf(update: StreamUpdate, isLast: boolean): string {
  const { history, events, output, summary, uploaded, exitCode } = update;
  const files = {
    ...contentOf("history", history),
    ...(isLast ? { ...contentOf("events", events), ...contentOf("output", output) } : {}),
    ...(isLast && summary !== undefined
      ? { "wandb-summary.json": { offset: 0, content: [summary] } }
      : {}),
  };
  return JSON.stringify({
    ...(Object.keys(files).length > 0 ? { files } : {}),
    ...(isLast && uploaded.length > 0 ? { uploaded } : {}),
    ...(isLast && exitCode !== undefined ? { complete: true, exitcode: exitCode } : {}),
  });
}

function contentOf(file: keyof LineCounts, { lines: content, offset }: NewLines): object {
  return content.length > 0 ? { [LINE_FILES[file]]: { offset, content } } : {};
}
