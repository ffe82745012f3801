import { openAsBlob } from "node:fs";
import { hostname } from "node:os";
import { TrackerUnreachableError } from "@acc/core/tracker";
import { concerningRun, HttpService, jsonObjectOf, type PortionLimits } from "@acc/tracker-kit";
import type { Connection } from "./connection.ts";
import { readToken, type Token } from "./token.ts";

/** A file to upload: its bytes, or its path. */
export type UploadSource = Uint8Array | { readonly path: string };

/** Largest request; the server refuses more than 15 728 640 bytes. */
export const REQUEST_LIMITS: PortionLimits = { maxItems: 1000, maxBytes: 10 * 2 ** 20 };

const CLIENT = "acc-tracker-clearml";
const UPLOAD_TIMEOUT_MS = 60_000;
/** A slower upload is treated as broken. */
const MIN_UPLOAD_RATE = 50;
const ADVICE =
  "set CLEARML_API_ACCESS_KEY and CLEARML_API_SECRET_KEY, or ~/clearml.conf, to keys of this server";

type Answer<T> = { readonly data?: T; readonly meta?: { readonly result_code?: number } } | null;

/** Every answer of the API has a code of its own; a proxy refuses what is too large for it. */
function isRefusal(body: string, status: number): boolean {
  const meta = jsonObjectOf(body)?.meta as { readonly result_code?: unknown } | undefined | null;
  return status === 413 || typeof meta?.result_code === "number";
}

/** Calls to one API server and its files server. It asks for a token and renews it when needed. */
export class ApiSession {
  readonly #connection: Connection;
  readonly #api: HttpService;
  readonly #files: HttpService;
  #token: Token | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
    const common = { name: "ClearML", authAdvice: ADVICE, isRefusal };
    this.#api = new HttpService({ ...common, baseUrl: connection.apiHost });
    this.#files = new HttpService({ ...common, baseUrl: connection.filesHost });
  }

  get filesHost(): string {
    return this.#connection.filesHost;
  }

  /** The `data` of a call's answer. @throws as `HttpService.request` does. */
  call<T>(action: string, body: object, signal?: AbortSignal): Promise<T> {
    return this.#post<T>(action, JSON.stringify(body), "application/json", signal);
  }

  /** As `call`, for actions that take one JSON object per line. */
  callLines<T>(action: string, lines: readonly string[], signal?: AbortSignal): Promise<T> {
    return this.#post<T>(action, lines.join("\n"), "application/json-lines", signal);
  }

  /**
   * Stores a file at a path of the files server; an earlier one there is replaced.
   *
   * @param task id of the task, which is part of the path: the files server answers with the paths that it stored.
   */
  async upload(
    path: string,
    source: UploadSource,
    { type, task, signal }: { type: string; task: string; signal: AbortSignal | undefined },
  ): Promise<void> {
    const blob =
      source instanceof Uint8Array
        ? new Blob([source as Uint8Array<ArrayBuffer>], { type })
        : await openAsBlob(source.path, { type });
    await this.#withToken(async (token) => {
      const body = new FormData();
      body.append(`/${path}`, blob, `/${path}`);
      const { text } = await this.#files.request("/", {
        ...{ method: "POST", body, headers: { authorization: `Bearer ${token.text}` } },
        timeoutMs: UPLOAD_TIMEOUT_MS + Math.ceil(blob.size / MIN_UPLOAD_RATE),
        ...(signal ? { signal } : {}),
      });
      if (text.includes(task)) return;
      throw new TrackerUnreachableError(
        `ClearML's files server did not say that it stored ${path}: is ${this.filesHost} its address?`,
      );
    }, signal);
  }

  #post<T>(action: string, body: string, type: string, signal?: AbortSignal): Promise<T> {
    return this.#withToken(async (token) => {
      const answer = await this.#api.requestJson<Answer<T>>(`/v${token.version}/${action}`, {
        ...{ method: "POST", body },
        headers: {
          ...clientHeaders(),
          authorization: `Bearer ${token.text}`,
          "content-type": type,
        },
        ...(signal ? { signal } : {}),
      });
      return requireData(answer, action);
    }, signal);
  }

  /** Replaces a token once if the server refuses it: it has expired, or the server no longer knows it. */
  async #withToken<T>(use: (token: Token) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const held = this.#token;
    if (!held || (held.renewMs !== undefined && Date.now() >= held.renewMs)) {
      this.#token = await this.#login(signal);
      return use(this.#token);
    }
    try {
      return await use(held);
    } catch (error) {
      if (!(error instanceof TrackerUnreachableError && error.permanent)) throw error;
      this.#token = undefined;
      this.#token = await this.#login(signal);
      return use(this.#token);
    }
  }

  async #login(signal: AbortSignal | undefined): Promise<Token> {
    const { accessKey, secretKey, authToken } = this.#connection;
    if (!accessKey || !secretKey) {
      if (authToken) return readToken(authToken, Date.now());
      throw new TrackerUnreachableError(`ClearML needs keys: ${ADVICE}.`, { permanent: true });
    }
    const keys = Buffer.from(`${accessKey}:${secretKey}`).toString("base64");
    const login = this.#api.requestJson<Answer<{ readonly token?: string }>>("/auth.login", {
      ...{ method: "POST", headers: { ...clientHeaders(), authorization: `Basic ${keys}` } },
      ...(signal ? { signal } : {}),
    });
    const answer = await concerningRun(login, (refusal) => `${refusal} (${ADVICE})`);
    const { token } = requireData(answer, "auth.login");
    if (typeof token === "string") return readToken(token, Date.now());
    throw new TrackerUnreachableError("ClearML answered auth.login without a token.");
  }
}

/** For an answer that lacks what every answer of this call has. */
export function notClearML(action: string, missing: string): TrackerUnreachableError {
  return new TrackerUnreachableError(
    `ClearML answered ${action} without ${missing}: is this the API server?`,
  );
}

function clientHeaders(): Record<string, string> {
  const worker = hostname().replaceAll(/[^\x20-\x7e]/g, "_");
  return { "x-clearml-worker": worker, "x-clearml-client": CLIENT };
}

function requireData<T>(answer: Answer<T>, action: string): T {
  const { meta, data } = answer ?? {};
  if (meta?.result_code === 200 && typeof data === "object" && data !== null) return data;
  throw new TrackerUnreachableError(
    `ClearML answered ${action} with something that is not an answer of its API: is this the API server?`,
  );
}
