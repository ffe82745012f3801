import { TrackerUnreachableError } from "@acc/core/tracker";
import { filesBelow, portions, type SendOptions, ServiceError } from "@acc/tracker-kit";
import type { LastSteps } from "./client/answers.ts";
import type { SwanLabApi } from "./client/api.ts";
import { confirmRun, openRun } from "./client/experiment.ts";
import { uploadFile, uploadMedia } from "./client/files.ts";
import { COLUMNS } from "./format/column.ts";
import { configJson } from "./format/config-text.ts";
import type { MediaFile } from "./format/media.ts";
import { sectionOf } from "./format/metric-key.ts";
import { timeText } from "./format/time-text.ts";
import type { Operation, OperationOf } from "./operation.ts";
import { runFileName } from "./run-file-name.ts";
import type { RunSettings } from "./settings.ts";
import type { RunPlace, Sink } from "./sink.ts";
import type { OnlineState } from "./state.ts";

/** SwanLab's own client sends 10 000 points in one request, and defines 3 000 series. */
const LIMITS = { maxItems: 3000, maxBytes: 2 * 1024 ** 2 };
/** Media files of one request for their addresses. */
const MAX_FILES = 100;
/** What SwanLab's own client sends with every sign of life. */
const BEAT = { flagId: "123456" };

export type OnlineSinkOptions = {
  readonly settings: RunSettings;
  readonly api: SwanLabApi;
  /** Whether the process goes on with a run that may have ended. */
  readonly isResumed: boolean;
};

/** A run at the service. */
export class OnlineSink implements Sink {
  readonly #options: OnlineSinkOptions;
  #run: OnlineState | undefined;
  /** A run that has ended goes on once it is opened again. */
  #isOpen: boolean;
  #lastSentMs = 0;

  constructor(options: OnlineSinkOptions, state: OnlineState | undefined) {
    this.#options = options;
    this.#run = state;
    this.#isOpen = state !== undefined && !options.isResumed;
  }

  get state(): { readonly online?: OnlineState } {
    return this.#run ? { online: this.#run } : {};
  }

  get place(): RunPlace {
    const { name, workspace } = this.#options.settings;
    const { user = workspace, name: shown = name, url } = this.#run ?? {};
    return { workspace: user, name: shown, url, dir: undefined };
  }

  /** When the last delivery ended, in milliseconds since 1970. */
  get lastSentMs(): number {
    return this.#lastSentMs;
  }

  async open(signal: AbortSignal): Promise<LastSteps | undefined> {
    if (this.#isOpen) return undefined;
    const { api, settings } = this.#options;
    const isOurs = this.#run !== undefined;
    const { run, lastSteps } = await openRun(api, settings, { signal, isOurs });
    this.#run = run;
    this.#isOpen = true;
    return lastSteps;
  }

  /** Tells the service that the run is alive. */
  async beat(signal: AbortSignal): Promise<void> {
    const { experimentId } = this.#opened();
    const path = `/house/experiments/${encodeURIComponent(experimentId)}/heartbeat`;
    await this.#options.api.request(path, { json: BEAT, signal });
  }

  async send(operations: readonly Operation[], options: SendOptions): Promise<void> {
    const { signal } = options;
    const of = <Kind extends Operation["kind"]>(kind: Kind): OperationOf<Kind>[] =>
      operations.filter((one): one is OperationOf<Kind> => one.kind === kind);
    const config = of("config").at(-1);
    if (config) await this.#tellRun("profile", { config: configJson(config.entries) }, signal);
    await this.#sendColumns(of("column"), signal);
    await this.#sendPoints("scalar", of("scalar").map(scalarJson), signal);
    await this.#sendPoints("log", of("line").map(lineJson), signal);
    await this.#sendMedia(of("media"), signal);
    for (const file of of("file")) await this.#sendFiles(file, options);
    const end = of("end").at(-1);
    if (end) {
      const state = {
        state: end.state.toUpperCase(),
        finishedAt: timeText(Date.now()),
        from: "sdk",
      };
      await this.#tellRun("state", state, signal);
    }
    if (operations.length > 0) await confirmRun(this.#options.api, this.#opened(), signal);
    this.#lastSentMs = Date.now();
  }

  async #sendColumns(
    columns: readonly OperationOf<"column">[],
    signal: AbortSignal,
  ): Promise<void> {
    const { user, project } = this.#opened();
    const path = `/projects/${encodeURIComponent(user)}/${encodeURIComponent(project)}/series`;
    const texts = columns.map(({ key, type, system }) => {
      if (system !== undefined) return JSON.stringify({ key, type: "SYSTEM" });
      const sectionName = sectionOf(key);
      return JSON.stringify({ key, type: COLUMNS[type].name, ...(sectionName && { sectionName }) });
    });
    for (const part of portions(texts, LIMITS)) {
      await this.#tell(path, "the names", `{"series":[${part.join(",")}]}`, signal);
    }
  }

  async #sendPoints(type: string, points: readonly object[], signal: AbortSignal): Promise<void> {
    const { projectId, experimentId } = this.#opened();
    const head = JSON.stringify({ type, projectId, experimentId }).slice(0, -1);
    const texts = points.map((point) => JSON.stringify(point));
    for (const part of portions(texts, LIMITS)) {
      const body = `${head},"metrics":[${part.join(",")}]}`;
      await this.#tell("/house/metrics", "values", body, signal);
    }
  }

  /** The files first: a point without them would show nothing. */
  async #sendMedia(media: readonly OperationOf<"media">[], signal: AbortSignal): Promise<void> {
    const { experimentId } = this.#opened();
    let files = new Map<string, MediaFile>();
    const upload = () => this.#ofRun(uploadMedia(this.#options.api, experimentId, files, signal));
    for (const { type, files: own } of media) {
      for (const file of own) files.set(mediaPath(type, file), file);
      if (files.size < MAX_FILES) continue;
      await upload();
      files = new Map();
    }
    await upload();
    await this.#sendPoints("media", media.map(mediaJson), signal);
  }

  async #sendFiles({ name, path }: OperationOf<"file">, options: SendOptions): Promise<void> {
    const { experimentId } = this.#opened();
    for (const file of await filesBelow(path)) {
      const about = { name: runFileName(name, file.name), path: file.path };
      await this.#ofRun(uploadFile(this.#options.api, experimentId, about, options));
    }
  }

  async #tellRun(part: "profile" | "state", json: object, signal: AbortSignal): Promise<void> {
    const { user, project, experimentId } = this.#opened();
    const [owner, name, id] = [user, project, experimentId].map(encodeURIComponent);
    const path = `/project/${owner}/${name}/runs/${id}/${part}`;
    await this.#ofRun(
      this.#options.api.tell(path, `the ${part} of the run`, { method: "PUT", json, signal }),
    );
  }

  async #tell(path: string, what: string, body: string, signal: AbortSignal): Promise<void> {
    const headers = { "content-type": "application/json" };
    await this.#ofRun(
      this.#options.api.tell(path, what, { method: "POST", body, headers, signal }),
    );
  }

  /** A run that was deleted is not the fault of one event. */
  async #ofRun<T>(request: Promise<T>): Promise<T> {
    try {
      return await request;
    } catch (error) {
      if (!(error instanceof ServiceError && error.status === 404)) throw error;
      throw new TrackerUnreachableError(`${error.message}. Was the run deleted?`, {
        cause: error,
        permanent: true,
      });
    }
  }

  #opened(): OnlineState {
    if (this.#run) return this.#run;
    throw new TypeError("send comes after open");
  }
}

/** The service knows one word for NaN and the infinities. */
function scalarJson({ key, step, value, timeMs }: OperationOf<"scalar">): object {
  const data = Number.isFinite(value) ? value : "nan";
  return { key, index: step, data, create_time: timeText(timeMs) };
}

function lineJson({ text, isError, epoch, timeMs }: OperationOf<"line">): object {
  const level = isError ? "ERROR" : "INFO";
  return { level, epoch, message: text, create_time: timeText(timeMs) };
}

function mediaJson({ key, step, type, files, timeMs }: OperationOf<"media">): object {
  const hasCaptions = files.some(({ caption }) => caption);
  const more = hasCaptions ? files.map(({ caption = "" }) => ({ caption })) : []; // by their places
  const data = files.map((file) => mediaPath(type, file));
  return { key, index: step, data, more, create_time: timeText(timeMs) };
}

function mediaPath(type: string, { name }: MediaFile): string {
  return `media/${type}/${name}`;
}
