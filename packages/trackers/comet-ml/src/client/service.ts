import { openAsBlob } from "node:fs";
import { TrackerUnreachableError } from "@acc/core/tracker";
import {
  excerptOf,
  type HttpAnswer,
  type HttpRequest,
  HttpService,
  jsonObjectOf,
  ServiceError,
} from "@acc/tracker-kit";
import type { FileOperation, GitOperation, OtherOperation } from "../operation.ts";
import type { RecordedPoint } from "./connection.ts";

/** The requests that both protocols of Comet share. The key is read again for each, and never appears in errors. */
export class CometService {
  readonly #http: HttpService;
  readonly #findKey: () => string | undefined;

  /** @param url root of the service. */
  constructor(url: string, findKey: () => string | undefined) {
    this.#findKey = findKey;
    this.#http = new HttpService({
      name: "Comet",
      baseUrl: url,
      headers: () => ({ authorization: this.apiKey }),
      isRefusal,
      authAdvice: "set COMET_API_KEY to a key of the workspace",
    });
  }

  /** @throws {TrackerUnreachableError} `permanent` if there is none. */
  get apiKey(): string {
    const key = this.#findKey();
    if (key) return key;
    throw new TrackerUnreachableError(
      "Comet needs an API key: set COMET_API_KEY, or api_key in ~/.comet.config, or online: false for an archive",
      { permanent: true },
    );
  }

  /** A request with a JSON body. Resolves when the service has said that it took it. */
  async post(path: string, json: object, options: HttpRequest = {}): Promise<void> {
    requireTaken(await this.#post(path, json, options), path);
  }

  async #post(path: string, json: object, options: HttpRequest): Promise<string> {
    const headers = { "content-type": "application/json;charset=utf-8", ...options.headers };
    const body = options.body ?? JSON.stringify(json);
    const request = { ...options, method: "POST", headers, body } as const;
    return (await this.#guarded(this.#http.request(path, request))).text;
  }

  /** The object in the answer of the service. */
  async postJson<T extends object>(path: string, json: object, signal?: AbortSignal): Promise<T> {
    const text = await this.#post(path, json, signal ? { signal } : {});
    return this.#parse<T>(text, path);
  }

  async getJson<T extends object>(
    path: string,
    query: Record<string, string>,
    signal?: AbortSignal,
  ): Promise<T> {
    const request = signal ? { query, signal } : { query };
    const { text } = await this.#guarded(this.#http.request(path, request));
    return this.#parse<T>(text, path);
  }

  /** Sends a file as a form, with its description in the query. */
  async upload(
    path: string,
    file: FileOperation,
    query: Record<string, string | number | undefined>,
    signal: AbortSignal,
  ): Promise<void> {
    const { content, metadata } = file;
    const blob =
      "bytes" in content ? new Blob([Buffer.from(content.bytes)]) : await openAsBlob(content.path);
    const body = new FormData();
    body.append("file", blob, "file");
    if (metadata && Object.keys(metadata).length > 0) {
      body.append("metadata", JSON.stringify(metadata));
    }
    const timeoutMs = UPLOAD_TIMEOUT_MS + Math.ceil(blob.size / SLOWEST_BYTES_PER_MS);
    const request = this.#http.request(path, { body, query, signal, timeoutMs });
    requireTaken((await this.#guarded(request)).text, path);
  }

  async sendOther(
    experimentKey: string,
    { key, value }: OtherOperation,
    signal: AbortSignal,
  ): Promise<void> {
    const path = "/api/rest/v2/write/experiment/log-other";
    await this.post(path, { experimentKey, key, value }, { signal });
  }

  async sendGit(
    experimentKey: string,
    { metadata }: GitOperation,
    signal: AbortSignal,
  ): Promise<void> {
    const path = "/api/rest/v2/write/experiment/git/metadata";
    await this.post(path, { experimentKey, ...metadata }, { signal });
  }

  async reportCrash(experimentKey: string): Promise<void> {
    const error = "The run ended with a failure.";
    const status = { experimentKey, isAlive: false, error, hasCrashed: true };
    await this.post("/api/rest/v2/write/experiment/update-status", status);
  }

  async recordedPoints(
    experimentKey: string,
    metricName: string,
    signal: AbortSignal,
  ): Promise<RecordedPoint[]> {
    const path = "/api/rest/v2/experiment/metrics/get-metric";
    try {
      const query = { experimentKey, metricName };
      const { metrics } = await this.getJson<{ metrics?: RecordedPoint[] }>(path, query, signal);
      if (Array.isArray(metrics)) return metrics;
    } catch (error) {
      if (error instanceof ServiceError) return []; // a metric that Comet has not seen yet
      throw error;
    }
    throw new TrackerUnreachableError(`Comet answered ${path} without metrics`);
  }

  #parse<T extends object>(text: string, path: string): T {
    const value = jsonObjectOf(text);
    if (value && !isFailure(value)) return value as T;
    throw new TrackerUnreachableError(
      `Comet at ${this.#http.baseUrl} answered ${path} with something that is not an answer of its API: ${excerptOf(text)}`,
    );
  }

  /** Removes the key from errors: a service may repeat it there. */
  async #guarded(request: Promise<HttpAnswer>): Promise<HttpAnswer> {
    try {
      return await request;
    } catch (error) {
      const key = this.#findKey();
      if (!(error instanceof Error) || !key || !error.message.includes(key)) throw error;
      const message = error.message.replaceAll(key, "***");
      if (error instanceof ServiceError) {
        throw new ServiceError(message, {
          status: error.status,
          body: error.body.replaceAll(key, "***"),
        });
      }
      const { retryAfterMs, permanent } = error as TrackerUnreachableError;
      throw new TrackerUnreachableError(message, {
        permanent,
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      });
    }
  }
}

const UPLOAD_TIMEOUT_MS = 30_000;
/** 100 kB/s: a slower connection is treated as broken. */
const SLOWEST_BYTES_PER_MS = 100;

/** Members by which Comet says what it made of a request; other answers have its code. */
const MADE = ["experimentKey", "assetId", "imageId"];

type Answer = { readonly [name: string]: unknown };

/** @throws {TrackerUnreachableError} unless the answer says in Comet's words that the request was taken. */
function requireTaken(text: string, path: string): void {
  const answer = jsonObjectOf(text);
  const isTaken = answer && (answer.code === 200 || MADE.some((name) => name in answer));
  if (isTaken && !isFailure(answer)) return;
  throw new TrackerUnreachableError(
    `Comet did not say that it took ${path}, it answered: ${excerptOf(text)}`,
  );
}

/** A failure that comes with status 200. */
function isFailure({ code = 200, sdk_error_code: refusal = 0, error, errors }: Answer): boolean {
  return code !== 200 || refusal !== 0 || error !== undefined || errors !== undefined;
}

/** Comet refuses with JSON that has its code and a text; a proxy refuses what is too large for it. */
function isRefusal(body: string, status: number): boolean {
  const { code, msg, sdk_error_code: refusal } = jsonObjectOf(body) ?? {};
  return (
    status === 413 ||
    typeof code === "number" ||
    typeof msg === "string" ||
    typeof refusal === "number"
  );
}

/** Comet's own number for the reason of a refusal, if it gave one. */
export function refusalCode(error: unknown): number | undefined {
  if (!(error instanceof ServiceError)) return undefined;
  try {
    const { sdk_error_code } = JSON.parse(error.body) as { sdk_error_code?: unknown };
    return typeof sdk_error_code === "number" ? sdk_error_code : undefined;
  } catch {
    return undefined;
  }
}
