import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { listen } from "@acc/test-kit/servers/listen";

/** How the service treats a request. */
export type Mode =
  | { readonly kind: "good" }
  | { readonly kind: "status"; readonly status: number; readonly retryAfter?: number }
  | { readonly kind: "hang" | "reset" | "garbage" }
  /** Takes the events, then breaks the connection before it answers. */
  | { readonly kind: "lost-answer" }
  | { readonly kind: "slow"; readonly delayMs: number };

type Event = {
  readonly sequence: number;
  readonly type: string;
  /** Absent: the load of the machine, or lines of the console. */
  readonly values?: { i?: number; text?: string };
};

/** A service on loopback that keeps every event by run and sequence, and misbehaves as it is told. */
export class Service {
  mode: Mode = { kind: "good" };
  /** Values `i` that it refuses with 400. */
  readonly refused = new Set<number>();
  readonly events = new Map<string, Event>();
  readonly finished = new Map<string, string>();
  requests = 0;
  /** Every key that was sent. */
  readonly keys = new Set<string>();
  #server: Server | undefined;
  #port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** The numbers `i` that were recorded, in the order of the run. */
  get numbers(): number[] {
    return [...this.events.values()]
      .filter(({ type }) => type === "metrics")
      .sort((a, b) => a.sequence - b.sequence)
      .map(({ values }) => values?.i as number);
  }

  /** Listens, on the same port again if it did before. */
  async start(): Promise<void> {
    const server = createServer((request, response) => this.#answer(request, response));
    this.#server = server;
    this.#port = await listen(server, this.#port);
    server.unref(); // a test that failed before it could stop the service ends all the same
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  /** Resolves once there were this many requests. */
  async seen(requests: number): Promise<void> {
    const limit = Date.now() + 30_000;
    while (this.requests < requests) {
      if (Date.now() > limit) throw new Error(`${this.requests} of ${requests} requests came`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests += 1;
    if (request.headers.authorization) this.keys.add(request.headers.authorization);
    const { mode } = this;
    if (mode.kind === "hang") return;
    if (mode.kind === "reset") return void request.socket.destroy();
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (mode.kind === "garbage") return void response.end("<html>");
    if (mode.kind === "status") {
      const headers: Record<string, string> =
        mode.retryAfter === undefined ? {} : { "retry-after": String(mode.retryAfter) };
      return void response.writeHead(mode.status, headers).end("no");
    }
    if (mode.kind === "slow") await new Promise((resolve) => setTimeout(resolve, mode.delayMs));
    const body = JSON.parse(Buffer.concat(chunks).toString()) as {
      run: string;
      status: string;
      events?: Event[];
    };
    if (body.events?.some(({ values }) => this.refused.has(values?.i ?? -1))) {
      return void response.writeHead(400).end("no");
    }
    for (const event of body.events ?? []) this.events.set(`${body.run} ${event.sequence}`, event);
    if (request.url === "/finish") this.finished.set(body.run, body.status);
    if (mode.kind === "lost-answer") return void request.socket.destroy();
    response.end("ok");
  }
}
