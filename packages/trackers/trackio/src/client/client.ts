import { TrackerUnreachableError } from "@acc/core/tracker";
import {
  type HttpRequest,
  HttpService,
  isTransientStatus,
  jsonObjectOf,
  ServiceError,
} from "@acc/tracker-kit";
import type { Artifact } from "../format/artifact.ts";
import { jsonText } from "../format/json-text.ts";
import { refusalOf } from "./refusal.ts";

type Members = { readonly [key: string]: unknown };

/** The version of the interface that this client speaks. */
const API_VERSION = 1;
const MIN_TIMEOUT_MS = 60_000;
/** A slower connection is treated as broken. */
const MIN_BYTES_PER_MS = 100;

/** A run as a server lists it. */
export type ListedRun = {
  readonly id: string;
  readonly name: string;
  readonly created_at: string | null;
};

/** A file that a server keeps until it is named in a call. */
export type StagedFile = {
  readonly path: string;
  readonly orig_name: string;
  readonly meta: { readonly _type: "gradio.FileData" };
};

/** An artifact whose contents the server has. */
export type ArtifactVersion = Omit<Artifact, "path"> & {
  readonly project: string;
  readonly manifest: readonly ManifestEntry[];
  readonly run_name: string;
  readonly run_id: string;
};

/** One file of an artifact. */
export type ManifestEntry = {
  /** Within the artifact. */
  readonly path: string;
  /** SHA-256 of its content. */
  readonly digest: string;
  readonly size: number;
};

/** The calls of a server of Trackio that a run needs. */
export class TrackioClient {
  readonly #service: HttpService;
  readonly #signal: AbortSignal;

  constructor(baseUrl: string, headers: Record<string, string>, signal: AbortSignal) {
    this.#service = new HttpService({
      name: "Trackio",
      baseUrl,
      headers: () => headers,
      authAdvice: "check the token, and run `acc sync`",
      // A server answers 500 also to a token that may not write.
      isTransient: (status) => isTransientStatus(status) && status !== 500,
      // 413 comes from a proxy: a row is too large for it.
      isRefusal: (body, status) => status === 413 || typeof jsonObjectOf(body)?.error === "string",
    });
    this.#signal = signal;
  }

  /** @throws {TrackerUnreachableError} if no server of Trackio answers that speaks this interface. */
  async requireVersion(): Promise<void> {
    const { api_version, version } = (await this.#request("/version", {})) as Members;
    if (typeof version !== "string" || typeof api_version !== "number") throw this.#stranger();
    if (api_version === API_VERSION) return;
    throw new TrackerUnreachableError(
      `the server has Trackio ${version}, whose interface ${api_version} this tracker does not speak. Update the tracker, ` +
        "and run `acc sync`",
      { permanent: true },
    );
  }

  /** Records of one kind, each as JSON text. */
  async bulk(api: "bulk_log" | "bulk_log_system", records: readonly string[]): Promise<void> {
    await this.#done(api, `{"logs":[${records.join(",")}],"hf_token":null}`);
  }

  async bulkAlert(records: readonly string[]): Promise<void> {
    await this.#done("bulk_alert", `{"alerts":[${records.join(",")}],"hf_token":null}`);
  }

  /** Gives a file to the server, which keeps it until a call names it. */
  async stage(content: Blob, name: string): Promise<StagedFile> {
    const body = new FormData();
    body.append("files", content, name);
    const timeoutMs = MIN_TIMEOUT_MS + Math.ceil(content.size / MIN_BYTES_PER_MS);
    const { paths } = await this.#request("/api/upload", { body, timeoutMs });
    const [path] = Array.isArray(paths) ? paths : [];
    if (typeof path !== "string" || path === "") throw this.#stranger();
    return { path, orig_name: name, meta: { _type: "gradio.FileData" } };
  }

  /** @param uploads as Trackio's own client sends them. */
  async uploadMedia(uploads: readonly object[]): Promise<void> {
    await this.#done("bulk_upload_media", JSON.stringify({ uploads, hf_token: null }));
  }

  /** Which of these contents the server has. */
  async presentBlobs(project: string, digests: readonly string[]): Promise<ReadonlySet<string>> {
    const body = JSON.stringify({ project, digests, hf_token: null });
    const { present } = asMembers(await this.#call("check_artifact_blobs", body));
    if (!Array.isArray(present) || present.some((digest) => !digests.includes(digest))) {
      throw this.#stranger();
    }
    return new Set(present as string[]);
  }

  async uploadBlobs(project: string, uploads: readonly object[]): Promise<void> {
    const body = JSON.stringify({ project, uploads, hf_token: null });
    await this.#done("bulk_upload_artifact_blob", body);
  }

  /** Makes a version of an artifact; equal content is the same version. */
  async logArtifact(artifact: ArtifactVersion): Promise<void> {
    const body = jsonText({ ...artifact, hf_token: null });
    const { name, version } = asMembers(await this.#call("artifact_log", body));
    if (name !== artifact.name || !Number.isInteger(version)) throw this.#stranger();
  }

  async runs(project: string): Promise<readonly ListedRun[]> {
    const runs = await this.#call("get_runs_for_project", JSON.stringify({ project }));
    const isRun = (run: unknown): boolean => typeof asMembers(run).name === "string";
    if (!Array.isArray(runs) || !runs.every(isRun)) throw this.#stranger();
    return runs as ListedRun[];
  }

  /** The last step of a run; undefined if it has none. */
  async lastStep(project: string, runId: string): Promise<number | undefined> {
    const body = JSON.stringify({ project, run_id: runId });
    const { last_step: last, num_logs } = asMembers(await this.#call("get_run_summary", body));
    if (!Number.isInteger(num_logs) || !(last === null || typeof last === "number")) {
      throw this.#stranger();
    }
    return last ?? undefined;
  }

  /** A call that has nothing to say when it is done. */
  async #done(api: string, body: string): Promise<void> {
    if ((await this.#call(api, body)) !== null) throw this.#stranger();
  }

  async #call(api: string, body: string): Promise<unknown> {
    const headers = { "content-type": "application/json" };
    const answer = await this.#request(`/api/${api}`, { body, headers });
    const [key, ...others] = Object.keys(answer);
    if (key !== "data" || others.length > 0) throw this.#stranger();
    return answer.data;
  }

  async #request(path: string, request: HttpRequest): Promise<Members> {
    const signal = this.#signal;
    try {
      const answer = await this.#service.requestJson<unknown>(path, { ...request, signal });
      if (isMembers(answer)) return answer;
    } catch (error) {
      throw error instanceof ServiceError ? refusalOf(error) : error;
    }
    throw this.#stranger();
  }

  #stranger(): TrackerUnreachableError {
    const { baseUrl } = this.#service;
    return new TrackerUnreachableError(
      `something at ${baseUrl} answers, but not as Trackio does. Is it the address of a server of Trackio?`,
    );
  }
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asMembers(value: unknown): Members {
  return isMembers(value) ? value : {};
}
