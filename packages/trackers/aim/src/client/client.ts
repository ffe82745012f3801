import { randomUUID } from "node:crypto";
import { TrackerUnreachableError } from "@acc/core/tracker";
import { bytesOf, excerptOf, Heartbeat, jsonObjectOf, rememberHeaders } from "@acc/tracker-kit";
import { packTree } from "../format/pack-tree.ts";
import { type TreeValue, treeObject } from "../format/tree.ts";
import { unpackTree } from "../format/unpack-tree.ts";
import { LOGIN_ADVICE, unreachable } from "./find-server.ts";
import { type AimServiceError, serviceErrorOf } from "./service-error.ts";
import { WriteSocket } from "./write-socket.ts";

/** Kinds of objects that the server holds for a client. */
export type ResourceType = "Repo" | "Lock" | "TreeView" | "StructuredRun" | "RunHeartbeat";

const TIMEOUT_MS = 30_000;
/** The server forgets a client that was silent for five minutes. */
const HEARTBEAT_MS = 10_000;

/**
 * A client of `aim server` in the remote tracking protocol of Aim 3.20 to 3.29: resources and reads over HTTP, writes over
 * a WebSocket. One attempt each: the hub repeats a delivery.
 */
export class AimClient {
  readonly #baseUrl: string;
  readonly #headers: () => Record<string, string>;
  readonly #id = randomUUID();
  readonly #heartbeat = new Heartbeat();

  /** @param baseUrl `http` or `https`, without a slash at the end. */
  constructor(baseUrl: string, headers: () => Record<string, string>) {
    this.#baseUrl = baseUrl;
    this.#headers = headers;
  }

  /** Registers this client at the server and sends heartbeats until `disconnect`. It is idempotent. */
  async connect(signal: AbortSignal): Promise<void> {
    await this.#tell(`/client/reconnect/${this.#id}/`, signal); // adds a client that is not known yet
    await this.#tell(`/client/heartbeat/${this.#id}/`, signal);
    const beat = () => this.#tell(`/client/heartbeat/${this.#id}/`, undefined);
    this.#heartbeat.start({ everyMs: HEARTBEAT_MS, beat });
  }

  /**
   * Requests an object at the server under a handler that we choose. It replaces an earlier object of that handler.
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
    const what = `a ${type}`;
    const path = this.#tracking("get-resource/");
    const bytes = await this.#send("POST", path, what, signal, body);
    if (typeof jsonObjectOf(bytes.toString("utf8"))?.handler !== "string") {
      throw this.#garbage(what, bytes, undefined);
    }
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
    this.#heartbeat.stop();
    await this.#get(`/client/disconnect/${this.#id}/`, signal).catch(() => {});
  }

  /** Stops the heartbeat without a request: the server is gone. */
  abandon(): void {
    this.#heartbeat.stop();
  }

  #tracking(path: string): string {
    return `/tracking/${this.#id}/${path}`;
  }

  /** Tells the server something; it answers `null`. */
  async #tell(path: string, signal: AbortSignal | undefined): Promise<void> {
    const bytes = await this.#get(path, signal);
    if (bytes.toString("utf8").trim() !== "null") throw this.#garbage(path, bytes, undefined);
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
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const limit = signal ? AbortSignal.any([signal, timeout]) : timeout;
    const headers = this.#headers();
    rememberHeaders(headers);
    const request: RequestInit = {
      method,
      headers: { ...(body ? { "content-type": "application/json" } : {}), ...headers },
      signal: limit,
      redirect: "manual", // keys go to this address alone
      ...(body ? { body: JSON.stringify(body) } : {}),
    };
    let answer: { status: number; bytes: Buffer };
    try {
      const response = await fetch(this.#baseUrl + path, request);
      answer = { status: response.status, bytes: await bytesOf(response, limit) };
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
    const said = excerptOf(bytes.toString("utf8"));
    const permanent = status === 401 || status === 403;
    const advice = permanent ? ` (${LOGIN_ADVICE})` : "";
    return new TrackerUnreachableError(
      `Aim at ${this.#baseUrl} answered ${status} to ${what}${said ? `: ${said}` : ""}${advice}`,
      { permanent },
    );
  }

  #garbage(what: string, bytes: Buffer, cause: unknown): TrackerUnreachableError {
    const said = excerptOf(bytes.toString("utf8"));
    return new TrackerUnreachableError(
      `Aim at ${this.#baseUrl} answered ${what} with something that is not Aim's: ${said}`,
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
