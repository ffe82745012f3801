import type { Socket } from "node:net";
import { TrackerUnreachableError } from "@acc/core/tracker";
import { messageOf } from "@acc/tracker-kit";
import { WebSocket } from "ws";
import { unpackTree } from "../format/unpack-tree.ts";
import { serviceErrorOfTree } from "./service-error.ts";

/** Messages without an answer. More do not make the server faster, and would delay other clients. */
const MAX_IN_FLIGHT = 64;
const OPEN_TIMEOUT_MS = 30_000;
/** The server applies one message after another; a large one takes a while. */
const ANSWER_TIMEOUT_MS = 60_000;
const CLOSE_TIMEOUT_MS = 2000;
/** An answer is OK or an exception. */
const MAX_ANSWER_BYTES = 1 << 20;
const OK = "OK";

/**
 * Writes in order, with several messages sent before the first answer. The server answers each with OK, or with an
 * exception and closes the socket: it has applied nothing after the message that failed.
 */
export class WriteSocket {
  readonly #socket: WebSocket;
  /** The agent of the WebSocket: keeps the process alive only while an answer is awaited. */
  readonly #connection: Socket;
  readonly #timer: NodeJS.Timeout;
  #inFlight = 0;
  #failure: Error | undefined;
  #waiting: (() => void)[] = [];

  /** @throws {TrackerUnreachableError} if the server does not accept it. */
  static async open(
    url: string,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<WriteSocket> {
    const socket = new WebSocket(url, {
      headers,
      handshakeTimeout: OPEN_TIMEOUT_MS,
      perMessageDeflate: false,
      maxPayload: MAX_ANSWER_BYTES,
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
      throw unreachable(messageOf(cause), cause);
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

  /** Resolves once the message is sent. @throws the failure of this message or of an earlier one. */
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

  /** Resolves once the server has applied everything. @throws the first failure. */
  async drain(): Promise<void> {
    while (!this.#failure && this.#inFlight > 0) await this.#change();
    if (this.#failure) throw this.#failure;
  }

  /** Closes the connection. Call `drain` before. */
  close(): void {
    this.#connection.unref();
    this.#socket.close(1000);
    setTimeout(() => this.terminate(), CLOSE_TIMEOUT_MS).unref();
  }

  /** Ends the connection at once; messages without an answer may be lost. */
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
    return unreachable("the answer to a write is not one of Aim", cause);
  }
}

function unreachable(reason: string, cause?: unknown): TrackerUnreachableError {
  return new TrackerUnreachableError(`Aim cannot be written to: ${reason}`, { cause });
}
