import { randomUUID } from "node:crypto";
import { TrackerUnreachableError } from "@acc/core";
import { type AimServiceError, serviceErrorOf } from "./aim-service-error.ts";
import { LOGIN_ADVICE, unreachable } from "./find-server.ts";
import { packTree } from "./pack-tree.ts";
import { type TreeValue, treeObject } from "./tree.ts";
import { unpackTree } from "./unpack-tree.ts";
import { WriteSocket } from "./write-socket.ts";

/** Kinds of objects that the server holds for a client. */
export type ResourceType = "Repo" | "Lock" | "TreeView" | "StructuredRun" | "RunHeartbeat";

const TIMEOUT_MS = 30_000;
/** The server forgets a client that was silent for five minutes. */
const HEARTBEAT_MS = 10_000;
const BODY_IN_MESSAGE = 300;

/**
 * One client of `aim server`, speaking the remote tracking protocol of Aim 3.20 to 3.29: resources and reads over
 * HTTP, writes over a WebSocket. One attempt each: whoever delivers events tries again.
 */
export class AimClient {
  readonly #baseUrl: string;
  readonly #headers: () => Record<string, string>;
  readonly #id = randomUUID();
  #heartbeat: NodeJS.Timeout | undefined;

  /** @param baseUrl `http` or `https`, without a slash at the end. */
  constructor(baseUrl: string, headers: () => Record<string, string>) {
    this.#baseUrl = baseUrl;
    this.#headers = headers;
  }

  /** Makes this client known to the server and keeps it so until `disconnect`. May be repeated after a failure. */
  async connect(signal: AbortSignal): Promise<void> {
    await this.#get(`/client/reconnect/${this.#id}/`, signal); // adds a client that is not known yet
    await this.#get(`/client/heartbeat/${this.#id}/`, signal);
    clearInterval(this.#heartbeat);
    this.#heartbeat = setInterval(() => {
      // A server that is gone is noticed by the next write; until then there is nothing to do about it.
      this.#get(`/client/heartbeat/${this.#id}/`, undefined).catch(() => {});
    }, HEARTBEAT_MS).unref();
  }

  /**
   * Requests an object of the server's under a handler of ours, replacing the one that has it.
   *
   * @param handler unique among all clients of the server.
   */
  async request(
    handler: string,
    type: ResourceType,
    args: Readonly<Record<string, TreeValue>>,
    signal: AbortSignal,
  ): Promise<void> {
    const body = {
      resource_handler: handler,
      resource_type: type,
      args: Object.keys(args).length === 0 ? "" : base64(treeObject(args)),
    };
    await this.#send("POST", this.#tracking("get-resource/"), `a ${type}`, signal, body);
  }

  async release(handler: string, signal: AbortSignal): Promise<void> {
    await this.#get(this.#tracking(`release-resource/${handler}/`), signal);
  }

  /** Calls a method of an object and returns what it returns. @throws {AimServiceError} what the method raised. */
  async read(
    handler: string,
    method: string,
    args: readonly TreeValue[],
    signal: AbortSignal,
  ): Promise<TreeValue> {
    const body = { resource_handler: handler, method_name: method, args: base64(args) };
    const path = this.#tracking("read-instruction/");
    const bytes = await this.#send("POST", path, method, signal, body);
    try {
      return unpackTree(bytes);
    } catch (cause) {
      throw this.#garbage(method, bytes, cause);
    }
  }

  openSocket(signal: AbortSignal): Promise<WriteSocket> {
    const url = this.#baseUrl.replace(/^http/, "ws") + this.#tracking("write-instruction/");
    return WriteSocket.open(url, this.#headers(), signal);
  }

  /** Ends the heartbeat and tells the server, if it still listens. Resources must have been released before. */
  async disconnect(signal: AbortSignal): Promise<void> {
    clearInterval(this.#heartbeat);
    await this.#get(`/client/disconnect/${this.#id}/`, signal).catch(() => {});
  }

  /** Stops the heartbeat without a word to the server, which is gone. */
  abandon(): void {
    clearInterval(this.#heartbeat);
  }

  #tracking(path: string): string {
    return `/tracking/${this.#id}/${path}`;
  }

  #get(path: string, signal: AbortSignal | undefined): Promise<Buffer> {
    return this.#send("GET", path, path.split("/")[2] ?? path, signal);
  }

  async #send(
    method: "GET" | "POST",
    path: string,
    what: string,
    signal: AbortSignal | undefined,
    body?: object,
  ): Promise<Buffer> {
    const limit = AbortSignal.timeout(TIMEOUT_MS);
    const request: RequestInit = {
      method,
      headers: { ...(body ? { "content-type": "application/json" } : {}), ...this.#headers() },
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
      ...(body ? { body: JSON.stringify(body) } : {}),
    };
    let answer: { status: number; bytes: Buffer };
    try {
      const response = await fetch(this.#baseUrl + path, request);
      answer = { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) };
    } catch (cause) {
      throw unreachable(this.#baseUrl, what, cause);
    }
    if (answer.status === 200) return answer.bytes;
    throw this.#refused(answer, what);
  }

  #refused(
    { status, bytes }: { status: number; bytes: Buffer },
    what: string,
  ): AimServiceError | TrackerUnreachableError {
    const exception = status === 400 ? exceptionIn(bytes) : undefined;
    if (exception) return serviceErrorOf(exception, what);
    const said = bytes.toString("utf8").trim().slice(0, BODY_IN_MESSAGE);
    const permanent = status === 401 || status === 403;
    const advice = permanent ? ` (${LOGIN_ADVICE})` : "";
    return new TrackerUnreachableError(
      `Aim at ${this.#baseUrl} answered ${status} to ${what}${said ? `: ${said}` : ""}${advice}`,
      { permanent },
    );
  }

  #garbage(what: string, bytes: Buffer, cause: unknown): TrackerUnreachableError {
    const said = bytes.toString("utf8", 0, BODY_IN_MESSAGE);
    return new TrackerUnreachableError(
      `Aim at ${this.#baseUrl} answered something to ${what} that is none of Aim's: ${said}`,
      { cause },
    );
  }
}

function exceptionIn(bytes: Buffer): { [key: string]: unknown } | undefined {
  try {
    return (JSON.parse(bytes.toString("utf8")) as { exception?: { [key: string]: unknown } })
      .exception;
  } catch {
    return undefined;
  }
}

function base64(tree: TreeValue): string {
  return Buffer.from(packTree(tree)).toString("base64");
}
