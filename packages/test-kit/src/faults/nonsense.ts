/** A service whose answers are not its own: a login page, a captive portal, another program, half an answer. */
import {
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { listen } from "../servers/listen.ts";

export type Nonsense = { readonly status: number; readonly type: string; readonly body: string };

const json = (body: string, status = 200): Nonsense => ({ status, type: "application/json", body });

/** Answers that no service here gives to a request that it has carried out. */
export const NONSENSE: Readonly<Record<string, Nonsense>> = {
  "a login page": { status: 200, type: "text/html", body: "<!DOCTYPE html><html>Sign in</html>" },
  "the page of a captive portal": { status: 200, type: "text/html", body: "\n<html><body>Wi-Fi" },
  "a page that is not found": { status: 404, type: "text/html", body: "<html>Not found</html>" },
  "a bad request of another program": { status: 400, type: "text/plain", body: "Bad Request" },
  "a text": { status: 200, type: "text/plain", body: "It works!" },
  "an error with status 200": json('{"error": "not now"}'),
  "errors with status 200": json('{"errors": ["not now"], "ok": false}'),
  "a failure of another program": json('{"status": "failed", "detail": "unknown"}', 422),
  "null members": json('{"data": {"upsertBucket": null, "model": {}}, "meta": null, "run": null}'),
  "half an answer": json('{"data": {"upsert'),
  "a list": json("[]"),
  "a number": json("7"),
};

/** Every kind of nonsense. */
export const ALL_KINDS: readonly string[] = Object.keys(NONSENSE);

/**
 * Answers a request, which has come to its end, in place of the service. @param genuine what the service answered to it, or to one
 * like it, as far as known.
 */
export type Answer = (response: ServerResponse, genuine: string) => void;

function always({ status, type, body }: Nonsense): Answer {
  return (response) => response.writeHead(status, { "content-type": type }).end(body);
}

/** Stands between a client and a service, and answers in its place from one request on. */
export class NonsenseProxy {
  readonly #target: URL;
  readonly #server: Server;
  #left = Number.POSITIVE_INFINITY;
  #answer: Answer | undefined;
  #isCarriedOut = false;
  readonly #genuine = new Map<string, string>();
  /** Requests that were passed on: method and path. */
  readonly passed: string[] = [];
  /** Requests that were answered with nonsense since `answerAfter`. */
  spoiled = 0;

  constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer((incoming, response) => this.#take(incoming, response));
    this.#server.on("upgrade", (incoming, socket) => this.#pipe(incoming, socket));
  }

  async start(): Promise<string> {
    return `http://127.0.0.1:${await listen(this.#server)}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /**
   * Passes on this many requests, and answers all later ones.
   *
   * @param isCarriedOut whether the service gets those too, and only its answer is replaced.
   */
  answerAfter(passed: number, answer: Answer, isCarriedOut = false): void {
    this.#left = passed;
    this.#answer = answer;
    this.#isCarriedOut = isCarriedOut;
    this.spoiled = 0;
  }

  /** Passes on everything. */
  pass(): void {
    this.#answer = undefined;
  }

  #take(incoming: IncomingMessage, response: ServerResponse): void {
    const answer = this.#answer && this.#left-- <= 0 ? this.#answer : undefined;
    if (answer) this.spoiled += 1;
    else this.passed.push(pathOf(incoming));
    if (answer && !this.#isCarriedOut) {
      incoming.resume();
      incoming.on("end", () => answer(response, this.#genuine.get(pathOf(incoming)) ?? "{}"));
      incoming.on("error", () => {});
      return;
    }
    const { method, url, headers } = incoming;
    const { hostname, port } = this.#target;
    const passed = request({ hostname, port, method, path: url, headers }, (own) => {
      if (!answer) {
        response.writeHead(own.statusCode ?? 500, own.headers);
        own.pipe(response);
      }
      let body = "";
      own.on("data", (chunk) => {
        body += chunk;
      });
      own.on("end", () => {
        this.#genuine.set(pathOf(incoming), body);
        answer?.(response, body);
      });
    });
    passed.on("error", () => response.destroy());
    incoming.pipe(passed);
  }

  /** A connection that is upgraded, such as a WebSocket, is not answered here. */
  #pipe(incoming: IncomingMessage, socket: Duplex): void {
    const target = connect(Number(this.#target.port), this.#target.hostname, () => {
      const lines = [`${incoming.method} ${incoming.url} HTTP/1.1`];
      for (let at = 0; at < incoming.rawHeaders.length; at += 2) {
        lines.push(`${incoming.rawHeaders[at]}: ${incoming.rawHeaders[at + 1]}`);
      }
      target.write(`${lines.join("\r\n")}\r\n\r\n`);
      socket.pipe(target).pipe(socket);
    });
    target.on("error", () => socket.destroy());
    socket.on("error", () => target.destroy());
  }
}

/** Method and path, without what differs between requests of one kind. */
function pathOf({ method, url = "" }: IncomingMessage): string {
  return `${method} ${url.replace(/\?.*/, "")}`;
}

/** A run that is delivered to a service, from the outside. */
export type NonsenseSubject = {
  /** A new service, and what it holds, without what differs from run to run. */
  readonly startService: () => Promise<{
    readonly url: string;
    readonly held: () => unknown;
    readonly stop: () => Promise<unknown>;
  }>;
  /** A run whose events are all posted, and that goes to a service at `url`. */
  readonly newRun: (url: string) => Promise<{
    /** One attempt to deliver what is missing, and to close the run. */
    readonly attempt: () => Promise<void>;
    /** The next process goes on. */
    readonly restart: () => Promise<void>;
  }>;
};

/**
 * For each of these kinds of nonsense, and from each request of the run on: an attempt rejects in a way that keeps the events, and the
 * next process delivers all of them, once.
 *
 * @returns what went wrong, one line for each.
 */
export async function nonsenseFaults(
  { startService, newRun }: NonsenseSubject,
  kinds: readonly string[],
): Promise<string[]> {
  const faults: string[] = [];
  const whole = await startService();
  const undisturbed = await newRun(whole.url);
  await undisturbed.attempt();
  const expected = JSON.stringify(whole.held());
  await whole.stop();
  for (const kind of kinds) {
    const answer = NONSENSE[kind];
    if (answer === undefined) throw new Error(`no such nonsense: ${kind}`);
    for (let passed = 0; ; passed++) {
      const service = await startService();
      const proxy = new NonsenseProxy(service.url);
      const run = await newRun(await proxy.start());
      const where = `${kind}, after ${passed} requests`;
      proxy.answerAfter(passed, always(answer));
      const error = await run.attempt().catch((reason: unknown) => reason as Error);
      const { spoiled } = proxy;
      if (error && error.name !== "TrackerUnreachableError") {
        faults.push(`${where}: ${error.name}: ${error.message}`);
      }
      proxy.pass();
      await run.restart();
      const again = error && (await run.attempt().catch((reason: unknown) => reason as Error));
      if (again) faults.push(`${where}, then: ${again.message}`);
      const held = JSON.stringify(service.held());
      if (held !== expected)
        faults.push(`${where}: the service holds ${difference(held, expected)}`);
      await proxy.stop();
      await service.stop();
      if (spoiled === 0) break;
      if (passed > 100) throw new Error(`${kind}: more than 100 requests`);
    }
  }
  return faults;
}

/** The first place where two texts differ, with what is around it. */
function difference(found: string, expected: string): string {
  let at = 0;
  while (at < found.length && found[at] === expected[at]) at += 1;
  const part = (text: string): string => text.slice(Math.max(0, at - 60), at + 60);
  return `…${part(found)}… where it should hold …${part(expected)}…`;
}
