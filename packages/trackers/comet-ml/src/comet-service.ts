import { openAsBlob } from "node:fs";
import { TrackerUnreachableError } from "@acc/core";
import { type HttpAnswer, type HttpRequest, HttpService, ServiceError } from "@acc/tracker-kit";
import type { RecordedPoint } from "./connection.ts";
import type { FileMessage, OtherMessage } from "./message.ts";

/** The requests that both ways of talking to Comet share. The key is read anew for each, and stays out of errors. */
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

  /** A request with a JSON body. */
  async post(path: string, json: object, options: HttpRequest = {}): Promise<HttpAnswer> {
    const headers = { "content-type": "application/json;charset=utf-8", ...options.headers };
    const body = options.body ?? JSON.stringify(json);
    return this.#guarded(this.#http.request(path, { ...options, method: "POST", headers, body }));
  }

  /** The object that the service answers. */
  async postJson<T extends object>(path: string, json: object, signal?: AbortSignal): Promise<T> {
    const { text } = await this.post(path, json, signal ? { signal } : {});
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

  /** Sends a file as a form, what is known of it in the query. */
  async upload(
    path: string,
    file: FileMessage,
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
    await this.#guarded(this.#http.request(path, { body, query, signal, timeoutMs }));
  }

  async sendOther(
    experimentKey: string,
    { key, value }: OtherMessage,
    signal: AbortSignal,
  ): Promise<void> {
    const path = "/api/rest/v2/write/experiment/log-other";
    await this.post(path, { experimentKey, key, value }, { signal });
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
      return Array.isArray(metrics) ? metrics : [];
    } catch (error) {
      if (error instanceof ServiceError) return []; // a metric that Comet has not seen yet
      throw error;
    }
  }

  #parse<T extends object>(text: string, path: string): T {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      value = undefined;
    }
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as T;
    throw new TrackerUnreachableError(
      `Comet at ${this.#http.baseUrl} answered ${path} with something that is no JSON object: ${text.slice(0, 200)}`,
    );
  }

  /** A service may repeat the key in what it says about a request; what answers with a page is no service. */
  async #guarded(request: Promise<HttpAnswer>): Promise<HttpAnswer> {
    try {
      const answer = await request;
      if (!/^\s*</.test(answer.text)) return answer;
      throw new TrackerUnreachableError(
        `Comet at ${this.#http.baseUrl} answered with a page: ${answer.text.slice(0, 200)}`,
      );
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
/** 100 kB/s: slower links are taken for dead. */
const SLOWEST_BYTES_PER_MS = 100;

/** Comet's own number for why it refused, if it gave one. */
export function refusalCode(error: unknown): number | undefined {
  if (!(error instanceof ServiceError)) return undefined;
  try {
    const { sdk_error_code } = JSON.parse(error.body) as { sdk_error_code?: unknown };
    return typeof sdk_error_code === "number" ? sdk_error_code : undefined;
  } catch {
    return undefined;
  }
}
