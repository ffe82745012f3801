import { TrackerUnreachableError } from "@acc/core";
import { ServiceError } from "./service-error.ts";

export type HttpServiceOptions = {
  /** Its name in messages, such as `"MLflow"`. */
  readonly name: string;
  /** URL that paths are appended to, without a slash at the end. User name and password in it are not allowed. */
  readonly baseUrl: string;
  /** Headers of every request, made anew for each: keys and tokens are read when they are needed. */
  readonly headers?: () => Record<string, string> | Promise<Record<string, string>>;
  /** Longest time a request may take, in milliseconds. Default 30 000. */
  readonly timeoutMs?: number;
  /** Statuses that pass by themselves. Default 408, 429 and all from 500 on. */
  readonly isTransient?: (status: number) => boolean;
  /** What a user does about a 401 or 403, such as `"set MLFLOW_TRACKING_TOKEN"`. */
  readonly authAdvice?: string;
};

export type HttpRequest = {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly headers?: Record<string, string>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly body?: string | Uint8Array | Blob | FormData | ReadableStream;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
};

export type HttpAnswer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
};

const DEFAULT_TIMEOUT_MS = 30_000;
const BODY_IN_MESSAGE = 300;

/**
 * Requests to one service, one attempt each: whoever delivers events tries again, so that all trackers back off in
 * the same way. Messages hold the method, the path and what the service said, never a header or a query.
 */
export class HttpService {
  readonly #options: HttpServiceOptions;

  constructor(options: HttpServiceOptions) {
    this.#options = options;
  }

  get baseUrl(): string {
    return this.#options.baseUrl;
  }

  /**
   * @param path below the base URL, or a whole URL.
   * @throws {TrackerUnreachableError} if nobody answers in time, the answer breaks off, or the status says to come
   *   back later; `permanent` for 401 and 403.
   * @throws {ServiceError} for every other status above 299.
   */
  async request(path: string, request: HttpRequest = {}): Promise<HttpAnswer> {
    const { name, isTransient = isTransientStatus, authAdvice } = this.#options;
    const { method = request.json === undefined && request.body === undefined ? "GET" : "POST" } =
      request;
    const what = `${method} ${new URL(this.#urlOf(path)).pathname}`;
    const answer = await this.#attempt(path, method, request, what);
    const { status, text } = answer;
    if (status < 300) return answer;
    const said = text.trim().slice(0, BODY_IN_MESSAGE);
    const message = `${name} answered ${status} to ${what}${said ? `: ${said}` : ""}`;
    if (status === 401 || status === 403) {
      const advice = authAdvice ? ` (${authAdvice})` : "";
      throw new TrackerUnreachableError(message + advice, { permanent: true });
    }
    if (isTransient(status)) {
      const retryAfterMs = retryAfter(answer.headers);
      throw new TrackerUnreachableError(
        message,
        retryAfterMs === undefined ? {} : { retryAfterMs },
      );
    }
    throw new ServiceError(message, { status, body: text });
  }

  /** The answer's JSON. @throws {TrackerUnreachableError} also if it is none: something else answers there. */
  async requestJson<T>(path: string, request: HttpRequest = {}): Promise<T> {
    const { text } = await this.request(path, request);
    try {
      return JSON.parse(text) as T;
    } catch (cause) {
      const said = text.trim().slice(0, BODY_IN_MESSAGE);
      throw new TrackerUnreachableError(
        `${this.#options.name} at ${this.#options.baseUrl} answered something that is no JSON: ${said}`,
        { cause },
      );
    }
  }

  async #attempt(
    path: string,
    method: string,
    request: HttpRequest,
    what: string,
  ): Promise<HttpAnswer> {
    const { name, baseUrl, headers, timeoutMs = DEFAULT_TIMEOUT_MS } = this.#options;
    const url = new URL(this.#urlOf(path));
    for (const [key, value] of Object.entries(request.query ?? {})) {
      if (value !== undefined) url.searchParams.set(key, String(value));
    }
    const isJson = request.json !== undefined;
    const limit = AbortSignal.timeout(request.timeoutMs ?? timeoutMs);
    try {
      const response = await fetch(url, {
        method,
        headers: {
          ...(isJson ? { "content-type": "application/json" } : {}),
          ...(await headers?.()),
          ...request.headers,
        },
        body: isJson ? JSON.stringify(request.json) : (request.body ?? null),
        signal: request.signal ? AbortSignal.any([request.signal, limit]) : limit,
        ...(request.body instanceof ReadableStream ? { duplex: "half" } : {}),
      } as RequestInit);
      return { status: response.status, headers: response.headers, text: await response.text() };
    } catch (cause) {
      if (cause instanceof TrackerUnreachableError) throw cause; // the headers could not be made
      throw new TrackerUnreachableError(
        `${name} at ${new URL(baseUrl).origin} cannot be reached (${what}: ${rootCause(cause)})`,
        { cause },
      );
    }
  }

  #urlOf(path: string): string {
    return /^https?:/.test(path) ? path : this.#options.baseUrl + path;
  }
}

/** 408, 429, and every fault of the service itself. */
export function isTransientStatus(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** Milliseconds until the moment in `Retry-After`: seconds, or a date. */
function retryAfter(headers: Headers): number | undefined {
  const value = headers.get("retry-after");
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

/** fetch says "fetch failed" and hides the reason in its cause. */
function rootCause(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof AggregateError && cause.errors.length > 0) return rootCause(cause.errors[0]);
  if (cause !== undefined) return rootCause(cause);
  return error instanceof Error ? error.message : String(error);
}
