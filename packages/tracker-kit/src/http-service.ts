import { safeText, TrackerUnreachableError } from "@acc/core/tracker";
import { bytesOf } from "./answer-bytes.ts";
import { excerptOf } from "./answer-excerpt.ts";
import { rootMessageOf } from "./error-message.ts";
import { fetchThere } from "./fetch-there.ts";
import { isPage } from "./own-words.ts";
import { rememberHeaders } from "./remember-headers.ts";
import { ServiceError } from "./service-error.ts";

export type HttpServiceOptions = {
  /** Its name in messages, such as `"MLflow"`. */
  readonly name: string;
  /** URL that paths are appended to, without a slash at the end. User name and password in it are not allowed. */
  readonly baseUrl: string;
  /** Headers of every request. Called for each request, so keys and tokens are read when they are needed. */
  readonly headers?: () => Record<string, string> | Promise<Record<string, string>>;
  /** Longest time a request may take, in milliseconds. Default 30 000. */
  readonly timeoutMs?: number;
  /** Statuses after which another attempt may succeed. Default 408, 429 and all from 500 on. */
  readonly isTransient?: (status: number) => boolean;
  /**
   * Whether the body of any other answer above 399 is a refusal in the service's own words. If it is not, another program answers
   * at the address, and another attempt may succeed. Default: every body but a web page.
   */
  readonly isRefusal?: (body: string, status: number) => boolean;
  /** What a user can do about a 401 or 403, such as `"set MLFLOW_TRACKING_TOKEN"`. */
  readonly authAdvice?: string;
};

export type HttpRequest = {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly headers?: Record<string, string>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly body?: string | Uint8Array | Blob | FormData;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
};

export type HttpAnswer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
};

const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * Requests to one service, one attempt each: the hub repeats a delivery, so all trackers back off in the same way. Error
 * messages hold the method, the path and the answer, never a header or a query.
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
   * @throws {TrackerUnreachableError} if there is no complete answer in time, or another attempt may succeed;
   *   `permanent` for 401 and 403.
   * @throws {ServiceError} for every other status above 399, if the answer is the service's.
   */
  async request(path: string, request: HttpRequest = {}): Promise<HttpAnswer> {
    const { name, baseUrl, isTransient = isTransientStatus, authAdvice } = this.#options;
    const { isRefusal = (body: string) => !isPage(body) } = this.#options;
    const { method = request.json === undefined && request.body === undefined ? "GET" : "POST" } =
      request;
    const what = `${method} ${new URL(this.#urlOf(path)).pathname}`;
    const answer = await this.#attempt(path, method, request, what);
    const { status, text } = answer;
    if (status < 300 && !isPage(text)) return answer;
    const said = excerptOf(text);
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
    const refusal = new ServiceError(message, { status, body: text });
    if (status >= 400 && isRefusal(text, status)) throw refusal;
    throw new TrackerUnreachableError(`${message}. Is ${baseUrl} the address of ${name}?`, {
      cause: refusal,
    });
  }

  /** The answer's JSON. @throws {TrackerUnreachableError} also if it is not JSON: another program answers there. */
  async requestJson<T>(path: string, request: HttpRequest = {}): Promise<T> {
    const { text } = await this.request(path, request);
    try {
      return JSON.parse(text) as T;
    } catch (cause) {
      throw new TrackerUnreachableError(
        `${this.#options.name} at ${this.#options.baseUrl} answered something that is not JSON: ${excerptOf(text)}`,
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
    const timeout = AbortSignal.timeout(request.timeoutMs ?? timeoutMs);
    const limit = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
    try {
      const sent = {
        ...(isJson ? { "content-type": "application/json" } : {}),
        ...(await headers?.()),
        ...request.headers,
      };
      rememberHeaders(sent);
      const response = await fetchThere(url, {
        method,
        headers: sent,
        body: isJson ? JSON.stringify(request.json) : (request.body ?? null),
        signal: limit,
      } as RequestInit);
      const text = (await bytesOf(response, limit)).toString("utf8");
      const { status } = response;
      return { status, headers: response.headers, text: status < 300 ? text : safeText(text) };
    } catch (cause) {
      if (cause instanceof TrackerUnreachableError) throw cause; // no headers: a key is missing
      throw new TrackerUnreachableError(
        `${name} at ${new URL(baseUrl).origin} cannot be reached (${what}: ${safeText(rootMessageOf(cause))})`,
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
