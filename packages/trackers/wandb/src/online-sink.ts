import { TrackerUnreachableError } from "@acc/core/tracker";
import type { LeaveOut, SendOptions } from "@acc/tracker-kit";
import { bucketOf, existingRunOf, runFilesOf } from "./client/answers.ts";
import type { WandbApi } from "./client/api.ts";
import { uploadArtifact } from "./client/artifact-upload.ts";
import { FileStream, fitsLine, type LineCounts } from "./client/file-stream.ts";
import {
  type AddedLines,
  countsWith,
  hasLines,
  missingLines,
  mostOf,
} from "./client/line-counts.ts";
import {
  type Bucket,
  CREATE_RUN_FILES,
  type ExistingRun,
  NOTIFY_ALERT,
  RUN_RESUME_STATUS,
  UPSERT_BUCKET,
} from "./client/queries.ts";
import type { Alert } from "./format/alert.ts";
import { describeArtifact } from "./format/artifact.ts";
import { configJson, configYaml } from "./format/config-text.ts";
import type { RunFile } from "./format/media.ts";
import { runMetadata } from "./format/run-metadata.ts";
import { eventLine, outputLine } from "./format/stream-lines.ts";
import type { Operation } from "./operation.ts";
import type { RunSettings } from "./settings.ts";
import type { RunPlace, Sink } from "./sink.ts";
import { NOT_CONNECTED, type OnlineState } from "./state.ts";

export type OnlineSinkOptions = {
  readonly settings: RunSettings;
  readonly api: WandbApi;
  /** Id of the run in the journal; ids of artifacts are made from it. */
  readonly runId: string;
  readonly startedMs: number;
  /** Whether the server may have the run as one that has ended. */
  readonly isResumed: boolean;
  /** Saves the state at once. */
  readonly save: (state: OnlineState) => Promise<void>;
};

/** A run at the server. */
export class OnlineSink implements Sink {
  readonly #options: OnlineSinkOptions;
  #state: OnlineState;
  #stream: FileStream | undefined;
  /** Lines that the server has; undefined after a request that may have arrived or not. */
  #serverLines: LineCounts | undefined;
  /** An ended run goes on with the next request that names it. */
  #isToReopen: boolean;

  constructor(options: OnlineSinkOptions, state: OnlineState = NOT_CONNECTED) {
    this.#options = options;
    this.#state = state;
    this.#isToReopen = options.isResumed;
  }

  get state(): { readonly online: OnlineState } {
    return { online: this.#state };
  }

  get place(): RunPlace {
    const { settings } = this.#options;
    const { run } = this.#state;
    return {
      name: run?.name ?? settings.name,
      entity: run?.entity ?? settings.entity,
      url: this.url,
      dir: undefined,
    };
  }

  /** The open stream, for heartbeats; undefined until the run is at the server. */
  get stream(): FileStream | undefined {
    return this.#stream;
  }

  /** Address of the run's page; undefined until the run is at the server. */
  get url(): string | undefined {
    const { run } = this.#state;
    if (!run) return undefined;
    const base = this.#options.settings.baseUrl.replace("//api.wandb.ai", "//wandb.ai");
    const [entity, project] = [run.entity, run.project].map(encodeURIComponent);
    return `${base}/${entity}/${project}/runs/${encodeURIComponent(this.#options.settings.id)}`;
  }

  /**
   * Looks for the run that is to be resumed, once.
   *
   * @returns what it holds, if it is there.
   * @throws {TrackerUnreachableError} `permanent` if it is there and must not be, or the other way round.
   */
  async lookUp(signal: AbortSignal): Promise<ExistingRun | undefined> {
    const { resume, id, project } = this.#options.settings;
    if (!resume || this.#state.isLookedUp) return undefined;
    const existing = await this.#existing(signal);
    if (resume === "must" && !existing) {
      throw new TrackerUnreachableError(
        `W&B has no run "${id}" in "${project}" to resume: check the id, or use resume "allow".`,
        { permanent: true },
      );
    }
    if (resume === "never" && existing) {
      throw new TrackerUnreachableError(
        `W&B has a run "${id}" in "${project}" already: choose another id, or use resume "allow".`,
        { permanent: true },
      );
    }
    this.#state = {
      ...this.#state,
      isLookedUp: true,
      ...(existing && {
        ...{ existingId: existing.id, existingTags: existing.tags ?? [] },
        ...{ eventLines: existing.eventsLineCount ?? 0, outputLines: existing.logLineCount ?? 0 },
      }),
    };
    return existing;
  }

  async send(operations: readonly Operation[], options: SendOptions): Promise<void> {
    for (const operation of operations) await this.#record(operation, options);
  }

  async #record(operation: Operation, { signal, leaveOut }: SendOptions): Promise<void> {
    const { changedConfig, addedMetrics, changedSummary, exitCode } = operation;
    const isConnected = this.#state.run !== undefined;
    const hasChanges = changedConfig.size > 0 || addedMetrics.length > 0 || exitCode !== undefined;
    if (!isConnected) await this.#upsertRun(operation, signal);
    else if (hasChanges || this.#isToReopen) await this.#upsertConfig(operation, signal);
    this.#isToReopen = false;
    for (const request of operation.artifacts) {
      if (this.#state.artifacts.includes(request.key)) continue;
      const artifact = await describeArtifact(request, this.#options.runId);
      await uploadArtifact(this.#options.api, artifact, this.#owner(), signal);
      const artifacts = [...this.#state.artifacts, request.key];
      this.#state = { ...this.#state, artifacts };
      await this.#options.save(this.#state);
    }
    for (const alert of operation.alerts) await this.#notify(alert, signal);
    const { files } = operation;
    const uploaded = await this.#uploadFiles(
      exitCode === undefined ? files : [...files, ...this.#lastFiles(operation)],
      signal,
    );
    const lines = operation.rows.map(({ row, step }) => lineOf(row.toText(), step, leaveOut));
    const summary =
      changedSummary.isEmpty && exitCode === undefined ? undefined : operation.summary.toText();
    const added = {
      history: lines,
      events: operation.stats.map(eventLine),
      output: operation.output.map(outputLine),
    };
    if (hasLines(added) || summary !== undefined || uploaded.length > 0) {
      await this.#send({ added, summary, uploaded, exitCode }, signal);
    }
  }

  /** The progress is saved after each: a repeated alert is another mail. */
  async #notify({ key, title, text, level, waitMs }: Alert, signal: AbortSignal): Promise<void> {
    const { alerts = [] } = this.#state;
    if (alerts.includes(key)) return;
    const { entity: entityName, project: projectName, id: runName } = this.#owner();
    const alert = { title, text, severity: level, waitDuration: waitMs };
    const variables = { entityName, projectName, runName, ...alert };
    await this.#options.api.graphql(NOTIFY_ALERT, variables, { signal });
    this.#state = { ...this.#state, alerts: [...alerts, key] };
    await this.#options.save(this.#state);
  }

  async #existing(signal: AbortSignal): Promise<ExistingRun | undefined> {
    const { id, entity, project } = this.#options.settings;
    const { run } = this.#state;
    const data = await this.#options.api.graphql(
      RUN_RESUME_STATUS,
      { name: id, project: run?.project ?? project, entity: run?.entity ?? entity ?? null },
      { signal },
    );
    return existingRunOf(data);
  }

  async #upsertRun(operation: Operation, signal: AbortSignal): Promise<void> {
    const { settings } = this.#options;
    const bucket = await this.#upsert(
      {
        id: this.#state.existingId ?? null,
        displayName: settings.name ?? null,
        groupName: settings.group ?? null,
        jobType: settings.jobType ?? null,
        notes: settings.notes ?? null,
        tags: settings.tags ?? this.#state.existingTags ?? null,
        host: settings.host,
        program: settings.program ?? null,
        commit: settings.git?.commit ?? null,
        repo: settings.git?.remote ?? null,
        config: configJson(operation.config, operation.metrics),
        project: settings.project,
        entity: settings.entity ?? null,
      },
      signal,
    );
    const run = {
      entity: bucket.project?.entity.name ?? settings.entity ?? "",
      project: bucket.project?.name ?? settings.project,
      name: bucket.displayName ?? settings.name ?? settings.id,
    };
    const lines = bucket.historyLineCount ?? 0;
    this.#state = { ...this.#state, run, lines };
    this.#serverLines = linesOf(this.#state);
    await this.#options.save(this.#state);
  }

  async #upsertConfig(operation: Operation, signal: AbortSignal): Promise<void> {
    const { entity, project } = this.#owner();
    const config = configJson(operation.config, operation.metrics);
    await this.#upsert({ config, entity, project }, signal);
  }

  /** A value that is not given stays as it is: the client sends it as null. */
  async #upsert(
    variables: { readonly [name: string]: unknown },
    signal: AbortSignal,
  ): Promise<Bucket> {
    const data = await this.#options.api.graphql(
      UPSERT_BUCKET,
      {
        ...{ id: null, displayName: null, description: null, groupName: null, jobType: null },
        ...{ notes: null, tags: null, host: null, program: null, commit: null, repo: null },
        ...{ debug: null, state: null, sweep: null, summaryMetrics: null },
        ...variables,
        name: this.#options.settings.id,
      },
      { signal },
    );
    return bucketOf(data);
  }

  #owner(): { entity: string; project: string; id: string } {
    const { entity = "", project = "" } = this.#state.run ?? {};
    return { entity, project, id: this.#options.settings.id };
  }

  #lastFiles(operation: Operation): RunFile[] {
    const { settings, startedMs } = this.#options;
    const texts = {
      "config.yaml": configYaml(operation.config, operation.metrics),
      "wandb-metadata.json": JSON.stringify(runMetadata(settings, startedMs)),
      "wandb-summary.json": operation.summary.toText(),
    };
    return Object.entries(texts).map(([path, text]) => ({ path, bytes: Buffer.from(text) }));
  }

  async #uploadFiles(files: readonly RunFile[], signal: AbortSignal): Promise<string[]> {
    const byPath = new Map(files.map((file) => [file.path, file.bytes]));
    if (byPath.size === 0) return [];
    const { api } = this.#options;
    const { entity, project, id } = this.#owner();
    const paths = [...byPath.keys()];
    const data = await api.graphql(
      CREATE_RUN_FILES,
      { entity, project, run: id, files: paths },
      { signal },
    );
    for (const [path, target] of runFilesOf(data, paths)) {
      const bytes = byPath.get(path) as Uint8Array;
      await api.upload(target, bytes, { signal, refusal: "run" });
    }
    return paths;
  }

  async #send(
    update: {
      readonly added: AddedLines;
      readonly summary: string | undefined;
      readonly uploaded: readonly string[];
      readonly exitCode: number | undefined;
    },
    signal: AbortSignal,
  ): Promise<void> {
    const { added, summary, uploaded, exitCode } = update;
    const known = linesOf(this.#state);
    if (hasLines(added)) this.#serverLines ??= await this.#countLines(signal);
    const server = this.#serverLines ?? known;
    const files = missingLines(added, known, server);
    this.#stream ??= new FileStream(this.#options.api, this.#owner());
    this.#serverLines = undefined;
    await this.#stream.send({ ...files, summary, uploaded, exitCode }, signal);
    const sent = countsWith(added, known);
    const { history: lines, events: eventLines, output: outputLines } = sent;
    this.#state = { ...this.#state, lines, eventLines, outputLines };
    this.#serverLines = mostOf(server, sent);
  }

  async #countLines(signal: AbortSignal): Promise<LineCounts> {
    const known = linesOf(this.#state);
    const existing = await this.#existing(signal);
    return {
      history: existing?.historyLineCount ?? known.history,
      events: existing?.eventsLineCount ?? known.events,
      output: existing?.logLineCount ?? known.output,
    };
  }
}

function linesOf({ lines, eventLines = 0, outputLines = 0 }: OnlineState): LineCounts {
  return { history: lines, events: eventLines, output: outputLines };
}

/** Only the step is left of a line that the server would refuse: line numbers must not depend on its limits. */
function lineOf(line: string, step: number, leaveOut: LeaveOut): string {
  if (fitsLine(line)) return line;
  leaveOut("a row of more than 10 MB", "log large values as tables or artifacts.");
  return JSON.stringify({ _step: step });
}
