/** A proxy between a client and a server on loopback that makes chosen faults. */
import { connect, createServer, type Server, type Socket } from "node:net";
import { listen } from "../servers/listen.ts";

const SLOWNESS_MS = 1000;
/** What a client may receive before a connection is reset. */
const RESET_AFTER_BYTES = 20;

/**
 * Modes: `"pass"`; `"down"` refuses connections; `"hang"` never answers; `"reset"` breaks the connection in the middle of
 * the answer; `"garbage"` answers with something that is no HTTP; `"slow"` delays every answer by a second; a number
 * answers with that HTTP status.
 */
export type FaultMode = "pass" | "down" | "hang" | "reset" | "garbage" | "slow" | number;

/** A proxy on loopback whose fault can be changed at any time. */
export class FaultProxy {
  readonly #target: number;
  #server: Server | undefined;
  #port = 0;
  #mode: FaultMode = "pass";
  readonly #sockets = new Set<Socket>();

  /** @param target port of the server on loopback. */
  constructor(target: number) {
    this.#target = target;
  }

  get port(): number {
    return this.#port;
  }

  async start(): Promise<void> {
    await this.#listen();
  }

  /** Sets the fault of new connections; existing connections are broken. */
  async become(mode: FaultMode): Promise<void> {
    this.#mode = mode;
    for (const socket of this.#sockets) socket.destroy();
    if (mode === "down") await this.#close();
    else if (!this.#server) await this.#listen();
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await this.#close();
  }

  async #listen(): Promise<void> {
    const server = createServer((socket) => this.#serve(socket));
    this.#server = server;
    this.#port = await listen(server, this.#port);
  }

  async #close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server) await new Promise((resolve) => server.close(resolve));
  }

  #serve(socket: Socket): void {
    this.#track(socket);
    const mode = this.#mode;
    if (mode === "hang") return;
    if (typeof mode === "number" || mode === "garbage") {
      const answer =
        mode === "garbage"
          ? "nonsense\r\n\r\n"
          : `HTTP/1.1 ${mode} No\r\nretry-after: 0\r\nconnection: close\r\ncontent-length: 2\r\n\r\nno`;
      socket.once("data", () => socket.end(answer));
      return;
    }
    const server = this.#track(connect(this.#target, "127.0.0.1"));
    // If one side ends, the other side is closed too: a server must not wait for a client that was killed.
    socket.on("close", () => server.destroy());
    if (mode !== "slow") server.on("close", () => socket.destroySoon());
    socket.pipe(server);
    if (mode === "pass") server.pipe(socket);
    if (mode === "slow") this.#forwardSlowly(server, socket);
    if (mode === "reset") {
      server.once("data", (data) => {
        socket.write(data.subarray(0, RESET_AFTER_BYTES), () => {
          socket.resetAndDestroy();
          server.destroy();
        });
      });
    }
  }

  #forwardSlowly(server: Socket, socket: Socket): void {
    server.on("data", (data) =>
      setTimeout(() => socket.writable && socket.write(data), SLOWNESS_MS),
    );
    server.on("close", () => setTimeout(() => socket.destroySoon(), SLOWNESS_MS));
  }

  #track(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.on("error", () => {}); // broken on purpose, or by the other side
    socket.on("close", () => this.#sockets.delete(socket));
    return socket;
  }
}
