import { openAsBlob } from "node:fs";
import { TrackerUnreachableError } from "@acc/core/tracker";
import {
  concerningRun,
  excerptOf,
  HttpService,
  jsonObjectOf,
  ServiceError,
} from "@acc/tracker-kit";
import { apiKeyFor } from "./api-key.ts";

/** The upload of a file, as the server describes it. */
export type UploadTarget = {
  /** None: the server has the file already. */
  readonly uploadUrl: string | null;
  /** Headers of the request, each as `name:value`. */
  readonly uploadHeaders?: readonly string[] | null | undefined;
};

/** The consequence of a request that the server refuses permanently. */
export type Refusal =
  /** The run cannot continue: its events wait in the journal. */
  | "run"
  /** This one event cannot be recorded. */
  | "event";

const USER_AGENT = "acc-tracker-wandb/0.1.0";
const UPLOAD_TIMEOUT_MS = 10 * 60_000;

/** Requests to a W&B server. */
export class WandbApi {
  readonly #service: HttpService;
  /** Uploads go to signed URLs, which refuse a second kind of authentication. */
  readonly #store: HttpService;

  /** @param apiKey undefined: from the environment or netrc. */
  constructor(baseUrl: string, apiKey: string | undefined) {
    this.#service = new HttpService({
      name: "W&B",
      baseUrl,
      isTransient,
      isRefusal,
      authAdvice: "check WANDB_API_KEY, and WANDB_ENTITY if the key may not write there",
      headers: () => ({
        "user-agent": USER_AGENT,
        authorization: `Basic ${Buffer.from(`api:${apiKeyFor(baseUrl, apiKey)}`).toString("base64")}`,
        "x-wandb-username": process.env.WANDB_USERNAME ?? "",
        "x-wandb-user-email": process.env.WANDB_USER_EMAIL ?? "",
      }),
    });
    this.#store = new HttpService({
      name: "W&B's file store",
      baseUrl,
      isTransient,
      headers: () => ({ "user-agent": USER_AGENT }),
      timeoutMs: UPLOAD_TIMEOUT_MS,
    });
  }

  /**
   * @throws {TrackerUnreachableError} if a later attempt may succeed, or the run cannot continue.
   * @throws {ServiceError} if the event is refused.
   */
  async graphql(
    query: string,
    variables: { readonly [name: string]: unknown },
    { signal, refusal = "run" }: { signal: AbortSignal; refusal?: Refusal },
  ): Promise<{ readonly [key: string]: unknown }> {
    const operationName = /(?:query|mutation) (\w+)/.exec(query)?.[1];
    const json = { query, variables, operationName };
    const answer = await refused(
      refusal,
      this.#service.requestJson<GraphqlAnswer>("/graphql", { json, signal }),
    );
    const { errors, data } = answer ?? {};
    const message = Array.isArray(errors) ? errors.map((error) => error?.message).join("; ") : "";
    if (!errors && typeof data === "object" && data !== null) return data;
    const text = `W&B refused ${operationName}: ${message || "it answered without data"}`;
    if (refusal === "event" && message) throw new ServiceError(text, { status: 200, body: text });
    throw new TrackerUnreachableError(text);
  }

  /** @returns the server's answer to lines of a run's files. */
  async fileStream(path: string, body: string, signal: AbortSignal): Promise<FileStreamAnswer> {
    const headers = { "content-type": "application/json" };
    const answer = await concerningRun(
      this.#service.requestJson<FileStreamAnswer>(path, { method: "POST", body, headers, signal }),
    );
    if (isStreamAnswer(answer)) return answer;
    const said = excerptOf(JSON.stringify(answer));
    throw new TrackerUnreachableError(`W&B did not take the lines of the run, it answered ${said}`);
  }

  /** @param content bytes, or the path of a file. */
  async upload(
    { uploadUrl, uploadHeaders }: UploadTarget,
    content: Uint8Array | string,
    { signal, refusal }: { signal: AbortSignal; refusal: Refusal },
  ): Promise<void> {
    if (!uploadUrl) return;
    const body = typeof content === "string" ? await openAsBlob(content) : content;
    const headers = (uploadHeaders ?? []).map((line): [string, string] => {
      const at = line.indexOf(":");
      return [line.slice(0, at), line.slice(at + 1).trim()];
    });
    const { text } = await refused(
      refusal,
      this.#store.request(uploadUrl, {
        method: "PUT",
        body,
        headers: Object.fromEntries(headers),
        signal,
      }),
    );
    if (jsonObjectOf(text) === undefined) return; // stores say nothing
    throw new TrackerUnreachableError(`W&B's file store answered an upload: ${excerptOf(text)}`);
  }
}

type GraphqlAnswer = {
  readonly data?: { readonly [key: string]: unknown } | null;
  readonly errors?: readonly ({ readonly message?: string } | null)[];
} | null;

export type FileStreamAnswer = {
  /** The user pressed "stop" in the browser. */
  readonly stopped?: boolean;
} | null;

/** What the server says, each with the type it has there. */
const STREAM_ANSWER: Readonly<Record<string, (value: unknown) => boolean>> = {
  exitcode: (value) => value === null || typeof value === "number",
  limits: (value) => typeof value === "object" && !Array.isArray(value),
  stopped: (value) => value === null || typeof value === "boolean",
};

/** The server says nothing, or these. */
function isStreamAnswer(answer: FileStreamAnswer): boolean {
  if (typeof answer !== "object" || answer === null || Array.isArray(answer)) return false;
  const said = Object.entries(answer);
  const known = said.filter(([name]) => name in STREAM_ANSWER);
  if (!known.every(([name, value]) => STREAM_ANSWER[name]?.(value))) return false;
  return said.length === 0 || known.length > 0;
}

/** The API answers with its errors as JSON; a proxy refuses what is too large for it. */
function isRefusal(body: string, status: number): boolean {
  const { error, errors } = jsonObjectOf(body) ?? {};
  return status === 413 || error !== undefined || errors !== undefined;
}

/** 409 is temporary: two requests about one run met; 501 is permanent. */
function isTransient(status: number): boolean {
  return status === 408 || status === 409 || status === 429 || (status >= 500 && status !== 501);
}

function refused<T>(refusal: Refusal, request: Promise<T>): Promise<T> {
  return refusal === "event" ? request : concerningRun(request);
}
