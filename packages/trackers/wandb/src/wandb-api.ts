import { openAsBlob } from "node:fs";
import { TrackerUnreachableError } from "@acc/core";
import { HttpService, ServiceError } from "@acc/tracker-kit";
import { apiKeyFor } from "./api-key.ts";

/** Where a file goes, as the server says. */
export type UploadTarget = {
  /** None: the server has the file already. */
  readonly uploadUrl: string | null;
  /** Headers of the request, each as `name:value`. */
  readonly uploadHeaders?: readonly string[] | null | undefined;
};

/** What a request that the server refuses for good means. */
export type Refusal =
  /** The run cannot go on: its events wait in the journal. */
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
   * @throws {TrackerUnreachableError} if it may come right later, or the run cannot go on.
   * @throws {ServiceError} if the event is refused.
   */
  async graphql<T>(
    query: string,
    variables: { readonly [name: string]: unknown },
    { signal, refusal = "run" }: { signal: AbortSignal; refusal?: Refusal },
  ): Promise<T> {
    const operationName = /(?:query|mutation) (\w+)/.exec(query)?.[1];
    const json = { query, variables, operationName };
    const answer = await refused(refusal, () =>
      this.#service.requestJson<GraphqlAnswer<T>>("/graphql", { json, signal }),
    );
    const message = answer?.errors?.map((error) => error.message).join("; ");
    if (!message && answer?.data) return answer.data;
    const text = `W&B refused ${operationName}: ${message || "it answered without data"}`;
    if (refusal === "event" && message) throw new ServiceError(text, { status: 200, body: text });
    throw new TrackerUnreachableError(text);
  }

  /** @returns what the server answers to lines of a run's files. */
  async fileStream(path: string, body: string, signal: AbortSignal): Promise<FileStreamAnswer> {
    const headers = { "content-type": "application/json" };
    return refused("run", () =>
      this.#service.requestJson<FileStreamAnswer>(path, { method: "POST", body, headers, signal }),
    );
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
    await refused(refusal, () =>
      this.#store.request(uploadUrl, {
        method: "PUT",
        body,
        headers: Object.fromEntries(headers),
        signal,
      }),
    );
  }
}

type GraphqlAnswer<T> = {
  readonly data?: T | null;
  readonly errors?: readonly { readonly message: string }[];
} | null;

export type FileStreamAnswer = {
  /** The user pressed "stop" in the browser. */
  readonly stopped?: boolean;
} | null;

/** 409 passes when two requests about one run met; 501 never does. */
function isTransient(status: number): boolean {
  return status === 408 || status === 409 || status === 429 || (status >= 500 && status !== 501);
}

async function refused<T>(refusal: Refusal, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (cause) {
    if (refusal === "event" || !(cause instanceof ServiceError)) throw cause;
    // As an error of its events the hub would count them as failed, one by one.
    throw new TrackerUnreachableError(cause.message, { cause, permanent: true });
  }
}
