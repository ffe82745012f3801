import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Library } from "../index/library.ts";
import { Refusal } from "../wire/refusal.ts";
import { sendText, writeHead } from "./answer.ts";
import { EventStreams } from "./event-streams.ts";
import { checkSender, checkToken, type Guard } from "./guard.ts";
import { type PageFile, readPageFiles } from "./page-files.ts";
import { answerRoute } from "./routes.ts";

/** A client that sends slowly, sends nothing, or does not read is let go: its connection is one of a few. */
const LIMITS = {
  ...{ headersTimeout: 5_000, requestTimeout: 10_000, keepAliveTimeout: 5_000 },
  ...{ connectionsCheckingInterval: 1_000, maxHeaderSize: 32 * 1024 },
};
const MAX_CONNECTIONS = 64;
const SILENCE_MS = 30_000;
const LOOPBACK = "127.0.0.1";
const DATA = "/api/";

export type PageServerOptions = Guard & {
  /** 0: any free one. */
  readonly port: number;
};

export type PageServer = {
  readonly port: number;
  close(): Promise<void>;
};

/**
 * Serves the page and the runs of a library on 127.0.0.1. It reads, and writes nothing but what the user says about a run.
 *
 * @throws {Error} `EADDRINUSE` if the port is taken.
 */
export async function servePage(
  library: Library,
  { port, ...guard }: PageServerOptions,
): Promise<PageServer> {
  const pageFiles = readPageFiles();
  const streams = new EventStreams();
  const stop = library.onChange((change) => streams.publish(change));
  const server = createServer(LIMITS, (request, response) => {
    answer(request, response).catch((error: unknown) => refuse(response, error));
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.setTimeout(SILENCE_MS);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = "", method } = request;
    if (!url.startsWith("/")) throw new Refusal(400, "The address must begin with a slash.");
    const [path = "", search = ""] = url.split("?", 2);
    checkSender(request, path === "/" && method === "GET", guard);
    if (path.startsWith(DATA)) {
      checkToken(request, guard);
      const segments = path.slice(DATA.length).split("/").map(decoded);
      const query = new URLSearchParams(search);
      return await answerRoute({ request, response, query, library, streams }, segments);
    }
    const file = pageFiles.get(path);
    if (!file) throw new Refusal(404, "There is nothing here.");
    if (method !== "GET" && method !== "HEAD") throw new Refusal(405, "Only GET.");
    sendPageFile(request, response, file);
  }

  try {
    await listen(server, port);
  } catch (error) {
    stop();
    streams.close();
    throw error;
  }
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      stop();
      streams.close();
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, "close");
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  const listening = once(server, "listening");
  server.listen(port, LOOPBACK);
  await listening;
}

function sendPageFile(request: IncomingMessage, response: ServerResponse, file: PageFile): void {
  const takesGzip = /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
  const bytes = takesGzip ? file.gzipped : file.bytes;
  writeHead(response, {
    type: file.type,
    headers: {
      "content-length": String(bytes.length),
      vary: "accept-encoding",
      ...(takesGzip ? { "content-encoding": "gzip" } : {}),
      ...(file.isImmutable ? { "cache-control": "public, max-age=31536000, immutable" } : {}),
    },
  });
  response.end(request.method === "HEAD" ? undefined : bytes);
}

/** What a client is told: never a path of this computer, never the text of an unexpected error. */
function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const [status, text] =
    error instanceof Refusal
      ? [error.status, error.message]
      : [500, "The server failed at this; the other pages still work."];
  // What is left of the request is not read: the connection ends with this answer.
  response.setHeader("connection", "close");
  sendText(response, status, text);
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Refusal(400, "The address is not encoded as it should be.");
  }
}
