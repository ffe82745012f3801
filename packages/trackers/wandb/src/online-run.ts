import { TrackerUnreachableError } from "@acc/core";
import { describeArtifact } from "./artifact.ts";
import { uploadArtifact } from "./artifact-upload.ts";
import { configJson, configYaml } from "./config-text.ts";
import { FileStream, fitsLine } from "./file-stream.ts";
import type { RunFile } from "./media.ts";
import {
  type Bucket,
  CREATE_RUN_FILES,
  type ExistingRun,
  RUN_RESUME_STATUS,
  UPSERT_BUCKET,
} from "./queries.ts";
import type { Recorder } from "./recorder.ts";
import { runMetadata } from "./run-metadata.ts";
import type { RunSettings } from "./run-settings.ts";
import type { WandbApi } from "./wandb-api.ts";

/** How far a run is recorded at the server; plain JSON. */
export type OnlineState = {
  /** Whether it was looked up, if it is to be resumed. */
  readonly isLookedUp: boolean;
  /** The server's id of a run that existed. */
  readonly existingId?: string;
  /** Tags that a resumed run had. */
  readonly existingTags?: readonly string[];
  /** What the server calls it, once it is there. */
  readonly run?: { readonly entity: string; readonly project: string; readonly name: string };
  /** Lines of its history that are there, those of earlier processes included. */
  readonly lines: number;
  /** Versions of artifacts that are there, by their keys. */
  readonly artifacts: readonly string[];
};

export const NOT_CONNECTED: OnlineState = { isLookedUp: false, lines: 0, artifacts: [] };

export type OnlineRunOptions = {
  readonly settings: RunSettings;
  readonly api: WandbApi;
  /** Id of the recording, which the ids of artifacts are made from. */
  readonly runId: string;
  readonly startedMs: number;
  /** Saves the state at once. */
  readonly save: (state: OnlineState) => Promise<void>;
  readonly leaveOut: (what: string, advice: string) => void;
};

/** A run at the server. Everything may be repeated: lines have numbers, files names, artifacts ids of ours. */
export class OnlineRun {
  readonly #options: OnlineRunOptions;
  #state: OnlineState;
  #stream: FileStream | undefined;
  /** Lines that the server is known to have; undefined after a request whose fate is not known. */
  #serverLines: number | undefined;

  constructor(options: OnlineRunOptions, state: OnlineState = NOT_CONNECTED) {
    this.#options = options;
    this.#state = state;
  }

  get state(): OnlineState {
    return this.#state;
  }

  /** The open stream, for signs of life; undefined until the run is at the server. */
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
      ...(existing ? { existingId: existing.id, existingTags: existing.tags ?? [] } : {}),
    };
    return existing;
  }

  /**
   * Records what came of some events.
   *
   * @param exitCode set at the end of the run: what is left goes with it.
   */
  async write(
    recorder: Recorder,
    exitCode: number | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const { batch } = recorder;
    const isConnected = this.#state.run !== undefined;
    if (!isConnected) await this.#upsertRun(recorder, signal);
    else if (batch.config.size > 0 || batch.metrics.length > 0 || exitCode !== undefined) {
      await this.#upsertConfig(recorder, signal);
    }
    for (const request of batch.artifacts) {
      if (this.#state.artifacts.includes(request.key)) continue;
      const artifact = await describeArtifact(request, this.#options.runId);
      await uploadArtifact(this.#options.api, artifact, this.#owner(), signal);
      const artifacts = [...this.#state.artifacts, request.key];
      this.#state = { ...this.#state, artifacts };
      await this.#options.save(this.#state);
    }
    const files =
      exitCode === undefined ? batch.files : [...batch.files, ...this.#lastFiles(recorder)];
    const uploaded = await this.#uploadFiles(files, signal);
    const lines = batch.rows.map(({ row, step }) => this.#lineOf(row.toText(), step));
    const summary =
      batch.summary.isEmpty && exitCode === undefined ? undefined : recorder.summary.toText();
    if (lines.length > 0 || summary !== undefined || uploaded.length > 0) {
      await this.#send({ lines, summary, uploaded, exitCode }, signal);
    }
  }

  async #existing(signal: AbortSignal): Promise<ExistingRun | undefined> {
    const { id, entity, project } = this.#options.settings;
    const { run } = this.#state;
    const { model } = await this.#options.api.graphql<ResumeStatus>(
      RUN_RESUME_STATUS,
      { name: id, project: run?.project ?? project, entity: run?.entity ?? entity ?? null },
      { signal },
    );
    return model?.bucket ?? undefined;
  }

  async #upsertRun(recorder: Recorder, signal: AbortSignal): Promise<void> {
    const { settings } = this.#options;
    const { upsertBucket } = await this.#upsert(
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
        config: configJson(recorder.config, recorder.metrics),
        project: settings.project,
        entity: settings.entity ?? null,
      },
      signal,
    );
    const { bucket } = upsertBucket;
    const run = {
      entity: bucket.project?.entity.name ?? settings.entity ?? "",
      project: bucket.project?.name ?? settings.project,
      name: bucket.displayName ?? settings.name ?? settings.id,
    };
    const lines = bucket.historyLineCount ?? 0;
    this.#state = { ...this.#state, run, lines };
    this.#serverLines = lines;
    await this.#options.save(this.#state);
  }

  async #upsertConfig(recorder: Recorder, signal: AbortSignal): Promise<void> {
    const { entity, project } = this.#owner();
    const config = configJson(recorder.config, recorder.metrics);
    await this.#upsert({ config, entity, project }, signal);
  }

  /** What is not given stays as it is: the client sends it as null. */
  #upsert(
    variables: { readonly [name: string]: unknown },
    signal: AbortSignal,
  ): Promise<{ upsertBucket: { bucket: Bucket } }> {
    return this.#options.api.graphql(
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
  }

  #owner(): { entity: string; project: string; id: string } {
    const { entity = "", project = "" } = this.#state.run ?? {};
    return { entity, project, id: this.#options.settings.id };
  }

  #lastFiles(recorder: Recorder): RunFile[] {
    const { settings, startedMs } = this.#options;
    const texts = {
      "config.yaml": configYaml(recorder.config, recorder.metrics),
      "wandb-metadata.json": JSON.stringify(runMetadata(settings, startedMs)),
      "wandb-summary.json": recorder.summary.toText(),
    };
    return Object.entries(texts).map(([path, text]) => ({ path, bytes: Buffer.from(text) }));
  }

  async #uploadFiles(files: readonly RunFile[], signal: AbortSignal): Promise<string[]> {
    const byPath = new Map(files.map((file) => [file.path, file.bytes]));
    if (byPath.size === 0) return [];
    const { api } = this.#options;
    const { entity, project, id } = this.#owner();
    const { createRunFiles } = await api.graphql<CreateRunFiles>(
      CREATE_RUN_FILES,
      { entity, project, run: id, files: [...byPath.keys()] },
      { signal },
    );
    for (const { name, uploadUrl } of createRunFiles.files) {
      const bytes = byPath.get(name);
      if (!bytes) continue;
      const { uploadHeaders } = createRunFiles;
      await api.upload({ uploadUrl, uploadHeaders }, bytes, { signal, refusal: "run" });
    }
    return [...byPath.keys()];
  }

  /** A line that the server would refuse becomes its step alone: line numbers must not depend on its limits. */
  #lineOf(line: string, step: number): string {
    if (fitsLine(line)) return line;
    this.#options.leaveOut("a row of more than 10 MB", "log large values as tables or artifacts.");
    return JSON.stringify({ _step: step });
  }

  async #send(
    update: {
      readonly lines: readonly string[];
      readonly summary: string | undefined;
      readonly uploaded: readonly string[];
      readonly exitCode: number | undefined;
    },
    signal: AbortSignal,
  ): Promise<void> {
    const { lines } = update;
    const known = this.#state.lines;
    if (lines.length > 0) this.#serverLines ??= await this.#countLines(signal);
    // After a lost answer, or in another process, some of them may be there.
    const missing = lines.slice(Math.max(0, (this.#serverLines ?? known) - known));
    const offset = known + lines.length - missing.length;
    this.#stream ??= new FileStream(this.#options.api, this.#owner());
    const serverLines = this.#serverLines;
    this.#serverLines = undefined;
    const { summary, uploaded, exitCode } = update;
    await this.#stream.send({ history: missing, offset, summary, uploaded, exitCode }, signal);
    const sent = known + lines.length;
    this.#serverLines = Math.max(serverLines ?? sent, sent);
    this.#state = { ...this.#state, lines: sent };
  }

  async #countLines(signal: AbortSignal): Promise<number> {
    return (await this.#existing(signal))?.historyLineCount ?? this.#state.lines;
  }
}

type ResumeStatus = { readonly model: { readonly bucket: ExistingRun | null } | null };
type CreateRunFiles = {
  readonly createRunFiles: {
    readonly uploadHeaders?: readonly string[] | null;
    readonly files: readonly { readonly name: string; readonly uploadUrl: string | null }[];
  };
};
