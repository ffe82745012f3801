import { openAsBlob } from "node:fs";
import { hostname } from "node:os";
import { TrackerUnreachableError } from "@acc/core";
import { HttpService } from "@acc/tracker-kit";
import type { Connection } from "./settings.ts";
import { readToken, type Token } from "./token.ts";

/** A file to upload: its bytes, or where they are. */
export type UploadSource = Uint8Array | { readonly path: string };

const CLIENT = "acc-tracker-clearml";
const UPLOAD_TIMEOUT_MS = 60_000;
/** The slowest upload that is waited for, in bytes per millisecond. */
const MIN_UPLOAD_RATE = 50;
const ADVICE =
  "set CLEARML_API_ACCESS_KEY and CLEARML_API_SECRET_KEY, or ~/clearml.conf, to keys of this server";

type Answer<T> = { readonly data?: T; readonly meta?: { readonly result_code?: number } };

/** Calls to one API server and its files server, with a token that is asked for and renewed when needed. */
export class ApiSession {
  readonly #connection: Connection;
  readonly #api: HttpService;
  readonly #files: HttpService;
  #token: Token | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
    const common = { name: "ClearML", authAdvice: ADVICE };
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

  /** Stores a file at a path of the files server; an earlier one there is replaced. */
  async upload(
    path: string,
    source: UploadSource,
    type: string,
    signal?: AbortSignal,
  ): Promise<void> {
    const blob =
      source instanceof Uint8Array
        ? new Blob([source as Uint8Array<ArrayBuffer>], { type })
        : await openAsBlob(source.path, { type });
    await this.#withToken(async (token) => {
      const body = new FormData();
      body.append(`/${path}`, blob, `/${path}`);
      await this.#files.request("/", {
        ...{ method: "POST", body, headers: { authorization: `Bearer ${token.text}` } },
        timeoutMs: UPLOAD_TIMEOUT_MS + Math.ceil(blob.size / MIN_UPLOAD_RATE),
        ...(signal ? { signal } : {}),
      });
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

  /** A token that the server refuses, because it was ended or the server forgot it, is replaced once. */
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
    const answer = await this.#api.requestJson<Answer<{ readonly token?: string }>>("/auth.login", {
      ...{ method: "POST", headers: { ...clientHeaders(), authorization: `Basic ${keys}` } },
      ...(signal ? { signal } : {}),
    });
    const { token } = requireData(answer, "auth.login");
    if (typeof token === "string") return readToken(token, Date.now());
    throw new TrackerUnreachableError("ClearML answered auth.login without a token.");
  }
}

function clientHeaders(): Record<string, string> {
  const worker = hostname().replaceAll(/[^\x20-\x7e]/g, "_");
  return { "x-clearml-worker": worker, "x-clearml-client": CLIENT };
}

function requireData<T>(answer: Answer<T>, action: string): T {
  if (answer !== null && typeof answer === "object" && answer.data) return answer.data;
  throw new TrackerUnreachableError(
    `ClearML answered ${action} with something that is not an answer of its API: is this the API server?`,
  );
}
