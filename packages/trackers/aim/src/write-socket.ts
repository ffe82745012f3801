import type { Socket } from "node:net";
import { TrackerUnreachableError } from "@acc/core";
import { WebSocket } from "ws";
import { serviceErrorOfTree } from "./aim-service-error.ts";
import { unpackTree } from "./unpack-tree.ts";

/** Messages on their way. More do not make the server faster, and what waits in its buffers keeps others waiting. */
const MAX_IN_FLIGHT = 64;
const OPEN_TIMEOUT_MS = 30_000;
/** The server applies one message after another; a large one takes it a while. */
const ANSWER_TIMEOUT_MS = 60_000;
const CLOSE_TIMEOUT_MS = 2000;
const OK = "OK";

/**
 * Writes in order, several messages on their way at once. The server answers each with OK, or with an exception
 * and then closes the socket: nothing after the message that failed has been applied.
 */
export class WriteSocket {
  readonly #socket: WebSocket;
  /** What the WebSocket runs over: holds the process only while an answer is awaited. */
  readonly #connection: Socket;
  readonly #timer: NodeJS.Timeout;
  #inFlight = 0;
  #failure: Error | undefined;
  #waiting: (() => void)[] = [];

  /** @throws {TrackerUnreachableError} if the server does not take it. */
  static async open(
    url: string,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<WriteSocket> {
    const socket = new WebSocket(url, {
      headers,
      handshakeTimeout: OPEN_TIMEOUT_MS,
      perMessageDeflate: false,
    });
    const abort = () => socket.terminate();
    signal.addEventListener("abort", abort, { once: true });
    let connection: Socket | undefined;
    socket.once("upgrade", (response) => {
      connection = response.socket;
    });
    try {
      await new Promise((resolve, reject) => {
        socket.once("open", resolve);
        socket.once("error", reject);
      });
    } catch (cause) {
      throw unreachable(cause instanceof Error ? cause.message : String(cause), cause);
    } finally {
      signal.removeEventListener("abort", abort);
    }
    return new WriteSocket(socket, connection as Socket);
  }

  private constructor(socket: WebSocket, connection: Socket) {
    this.#socket = socket;
    this.#connection = connection.unref();
    this.#timer = setTimeout(() => {
      if (this.#inFlight === 0) return;
      this.#fail(unreachable(`no answer to a write within ${ANSWER_TIMEOUT_MS / 1000} s`));
    }, ANSWER_TIMEOUT_MS).unref();
    socket.on("message", (data) => this.#take(data as Buffer));
    socket.on("error", (error) => this.#fail(unreachable(error.message, error)));
    socket.on("close", () => this.#fail(unreachable("the connection was closed")));
  }

  /** Resolves once the message is on its way. @throws what went wrong with it or one before it. */
  async send(message: Uint8Array): Promise<void> {
    while (!this.#failure && this.#inFlight >= MAX_IN_FLIGHT) await this.#change();
    if (this.#failure) throw this.#failure;
    if (this.#inFlight === 0) {
      this.#timer.refresh();
      this.#connection.ref();
    }
    this.#inFlight += 1;
    this.#socket.send(message, { binary: true });
  }

  /** Resolves once the server has applied everything. @throws what went wrong. */
  async drain(): Promise<void> {
    while (!this.#failure && this.#inFlight > 0) await this.#change();
    if (this.#failure) throw this.#failure;
  }

  /** Says goodbye to the server. Everything must have been drained. */
  close(): void {
    this.#connection.unref();
    this.#socket.close(1000);
    setTimeout(() => this.terminate(), CLOSE_TIMEOUT_MS).unref();
  }

  /** Ends the connection at once; what is on its way may be lost. */
  terminate(): void {
    this.#fail(unreachable("the connection was closed"));
  }

  #take(data: Buffer): void {
    this.#inFlight -= 1;
    this.#timer.refresh();
    if (this.#inFlight === 0) this.#connection.unref();
    if (data.toString("latin1") === OK) this.#wake();
    else this.#fail(exceptionOf(data));
  }

  #fail(failure: Error): void {
    if (this.#failure) return;
    this.#failure = failure;
    clearTimeout(this.#timer);
    this.#socket.terminate();
    this.#wake();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

function exceptionOf(data: Buffer): Error {
  try {
    return serviceErrorOfTree(unpackTree(data), "a write");
  } catch (cause) {
    return unreachable("the answer to a write is none of Aim's", cause);
  }
}

function unreachable(reason: string, cause?: unknown): TrackerUnreachableError {
  return new TrackerUnreachableError(`Aim cannot be written to: ${reason}`, { cause });
}
