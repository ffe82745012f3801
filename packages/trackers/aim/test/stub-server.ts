import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { listen } from "@acc/test-kit/servers/listen";
import { type WebSocket, WebSocketServer } from "ws";
import { packTree } from "../src/format/pack-tree.ts";
import { type Blob, CustomObject, type TreeValue, treeObject } from "../src/format/tree.ts";
import { unpackTree } from "../src/format/unpack-tree.ts";

/** How a stub answers HTTP requests: as it should, with a status, with nonsense, or never. */
export type Mood = "ok" | "garbage" | "hang" | number;

type Instruction = [handler: string, method: string, args: TreeValue[]];

/**
 * Speaks the part of `aim server`'s protocol that the tracker uses, and keeps what is written by its path. For faults
 * that a real server does not produce when asked.
 */
export class StubServer {
  /** What was written last at each path, as text. */
  readonly written = new Map<string, string>();
  /** Paths and values of all points, also those that a later one replaced. */
  readonly points: [path: string, value: string][] = [];
  /** The audio of each path as bytes. */
  readonly audio = new Map<string, Uint8Array>();
  readonly tags = new Set<string>();
  /** Bytes of every message. */
  readonly messageBytes: number[] = [];
  readonly headers: IncomingMessage["headers"][] = [];
  mood: Mood = "ok";
  /** Connections break after this many more messages. */
  breakAfter = Number.POSITIVE_INFINITY;
  /** Class of the exception that a method raises. */
  raises: Readonly<Record<string, string>> = {};
  /** Called for every instruction; what it returns is the class of an exception. */
  refuses: (path: string) => string | undefined = () => undefined;
  answerDelayMs = 0;
  mostInFlight = 0;
  #inFlight = 0;
  readonly #handlers = new Set<string>();
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  static async start(): Promise<StubServer> {
    const stub = new StubServer();
    await listen(stub.#server);
    return stub;
  }

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    const writes = new WebSocketServer({ server: this.#server });
    writes.on("error", () => {}); // it repeats the server's: a port that is taken, and `listen` tries another
    writes.on("connection", (socket) => {
      socket.on("message", (data) => this.#take(socket, data as Buffer));
      socket.on("error", () => {});
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Forgets its clients' objects, as after a restart. */
  forget(): void {
    this.#handlers.clear();
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.headers.push(request.headers);
    let body = "";
    for await (const chunk of request) body += chunk;
    if (this.mood === "hang") return;
    if (this.mood === "garbage") return void response.end("<html>hello</html>");
    if (typeof this.mood === "number") return void response.writeHead(this.mood).end("no");
    const [, , , what = ""] = (request.url ?? "").split("/");
    const isStatus = request.url?.startsWith("/status");
    if (request.method === "GET") return void response.end(isStatus ? '{"status":"OK"}' : "null");
    const { resource_handler, method_name, args } = JSON.parse(body) as Record<string, string>;
    if (what === "get-resource") {
      this.#handlers.add(String(resource_handler));
      return void response.end(JSON.stringify({ handler: resource_handler }));
    }
    const name = this.#exceptionOf(String(resource_handler), String(method_name));
    if (name !== undefined) {
      const exception = { module_name: "builtins", class_name: name, args: "[]", message: "why" };
      return void response.writeHead(400).end(JSON.stringify({ exception }));
    }
    const given = unpackTree(Buffer.from(String(args), "base64")) as TreeValue[];
    if (method_name === "add_tag") this.tags.add(String(given[0]));
    response.end(packTree(method_name === "list_all_runs" ? [] : null));
  }

  #exceptionOf(handler: string, method: string): string | undefined {
    if (!this.#handlers.has(handler)) return "UnauthorizedRequestError";
    if (method === "first_key" && !this.#hasAttributes()) return "StopIteration";
    return this.raises[method];
  }

  #hasAttributes(): boolean {
    return [...this.written.keys()].some((path) => path.includes('"attrs"'));
  }

  #take(socket: WebSocket, data: Buffer): void {
    this.messageBytes.push(data.length);
    this.#inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.#inFlight);
    if (this.breakAfter-- <= 0) {
      this.#inFlight = 0;
      socket.terminate();
      return;
    }
    const name = this.#apply(unpackTree(data) as Instruction[]);
    setTimeout(() => {
      this.#inFlight -= 1;
      if (name === undefined) {
        socket.send(Buffer.from("OK"));
      } else {
        socket.send(packTree(treeObject({ class_name: name, message: "why" })));
        socket.close();
      }
    }, this.answerDelayMs).unref();
  }

  #apply(instructions: readonly Instruction[]): string | undefined {
    for (const [handler, method, [path, value]] of instructions) {
      if (!this.#handlers.has(handler)) return "UnauthorizedRequestError";
      const isTree = method === "__setitem__" || method === "make_array";
      const key = textOf(isTree ? path : method);
      const name = this.refuses(key);
      if (name !== undefined) return name;
      const stored = isTree ? value : path;
      if (method === "__setitem__" && key.startsWith('["seqs"'))
        this.points.push([key, textOf(value)]);
      if (value instanceof CustomObject && value.type === "aim.audio") {
        this.audio.set(key, (value.storage.get("data") as Blob).data as Uint8Array);
      }
      this.written.set(key, method === "make_array" ? '"array"' : textOf(stored));
    }
    return undefined;
  }
}

/** A value that tells apart what Aim tells apart. */
export function textOf(value: TreeValue | undefined): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === "bigint") return `${item}n`;
    if (typeof item === "number" && !Number.isFinite(item)) return String(item);
    if (item instanceof Map) return Object.fromEntries(item);
    if (item instanceof CustomObject) return { [item.type]: Object.fromEntries(item.storage) };
    return item;
  });
}
