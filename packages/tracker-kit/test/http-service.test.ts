import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { HttpService } from "../src/http-service.ts";

const test = suite("requests to hostile servers");
const MIB = 2 ** 20;
type Answer = (request: IncomingMessage, response: ServerResponse) => void;
let answer: Answer = () => {};
let other = 0;
const server = createServer((request, response) => {
  request.resume();
  answer(request, response);
});
const stranger = createServer((_, response) => {
  other += 1;
  response.end("{}");
});
const urlOf = (listener: { address(): unknown }): string =>
  `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;

test.before(async () => {
  for (const listener of [server, stranger]) {
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  }
});
test.after(() => {
  for (const listener of [server, stranger]) {
    listener.closeAllConnections();
    listener.close();
  }
});

const KEYS = { authorization: `Basic ${Buffer.from("me:pa55w0rd").toString("base64")}` };
const serviceOf = (headers: Record<string, string> = KEYS, baseUrl = urlOf(server)): HttpService =>
  new HttpService({ name: "Stub", baseUrl, headers: () => headers, timeoutMs: 20_000 });

async function failure(request: Promise<unknown>): Promise<Error & { body?: string }> {
  try {
    await request;
  } catch (error) {
    return error as Error;
  }
  throw new Error("the request succeeded");
}

function pour(response: ServerResponse): void {
  const chunk = Buffer.alloc(MIB);
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
    if (!response.destroyed) response.once("drain", more);
  };
  more();
}

test("an answer without end is given up; a refusal is read to its limit", async () => {
  const before = process.memoryUsage().rss;
  answer = (_, response) => pour(response);
  const endless = await failure(serviceOf().requestJson("/x"));
  assert.is(endless.name, "TrackerUnreachableError");
  assert.match(endless.message, "longer than 64 MiB");
  answer = (_, response) => pour(response.writeHead(400));
  const refusal = await failure(serviceOf().request("/x"));
  assert.is(refusal.message.length < 500, true);
  assert.ok((refusal.body ?? "").length <= 64 * 1024);
  const grown = (process.memoryUsage().rss - before) / MIB;
  assert.ok(grown < 500, `${grown} MiB more`);
});

test("a few bytes that expand to a gigabyte are given up", async () => {
  const bomb = gzipSync(Buffer.alloc(1024 * MIB));
  answer = (_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(bomb);
  assert.match((await failure(serviceOf().request("/x"))).message, "longer than 64 MiB");
});

test("headers without end, and answers that arrive byte by byte, cost the time limit at most", async () => {
  const sockets = new Set<Socket>();
  const drip = async (text: string, everyMs: number): Promise<Error> => {
    const raw = createTcpServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.write("HTTP/1.1 200 OK\r\n");
      const timer = setInterval(() => socket.write(text), everyMs);
      socket.on("close", () => clearInterval(timer));
    });
    await new Promise<void>((resolve) => raw.listen(0, "127.0.0.1", resolve));
    const error = await failure(serviceOf(KEYS, urlOf(raw)).request("/x", { timeoutMs: 1500 }));
    for (const socket of sockets) socket.destroy();
    raw.close();
    return error;
  };
  const begin = Date.now();
  assert.match((await drip(`x-more: ${"y".repeat(4000)}\r\n`, 1)).message, "cannot be reached");
  assert.match((await drip("x", 50)).message, "cannot be reached");
  assert.match((await drip("\r\ncontent", 50)).message, "cannot be reached");
  assert.ok(Date.now() - begin < 30_000);
});

test("an answer that cannot be decompressed ends with the time limit", async () => {
  for (const encoding of ["gzip", "br", "deflate"]) {
    answer = (_, response) => response.writeHead(200, { "content-encoding": encoding }).end("no");
    const error = await failure(serviceOf().request("/x", { timeoutMs: 500 }));
    assert.is(error.name, "TrackerUnreachableError", encoding);
  }
});

test("a server that repeats what it received does not get a key into a message", async () => {
  const token = "eyJhbGciOi.s3cr3t.token";
  const all = [
    KEYS,
    { authorization: `Bearer ${token}` },
    { authorization: token },
    { "x-api-key": token },
  ];
  for (const headers of all) {
    for (const status of [200, 400, 401, 404, 429, 500]) {
      answer = (request, response) => {
        const decoded = Buffer.from(`${request.headers.authorization}`.slice(6), "base64");
        const text = `\u001b]0;x\u0007 ${JSON.stringify(request.headers)} ${decoded.toString("latin1")}`;
        response.writeHead(status).end(text);
      };
      const { message, body = "" } = await failure(serviceOf(headers).requestJson("/x"));
      for (const text of [message, body]) {
        assert.not.match(text, token);
        assert.not.match(text, "pa55w0rd");
        assert.not.match(text, KEYS.authorization.slice(6));
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
        assert.not.match(text, /[\u0007\u001b]/);
      }
    }
  }
});

test("keys do not follow a redirect to another host; within the host it is followed", async () => {
  for (const status of [301, 302, 303, 307, 308]) {
    for (const method of ["GET", "POST"] as const) {
      answer = (_, response) =>
        response.writeHead(status, { location: `${urlOf(stranger)}/y` }).end();
      const { message } = await failure(serviceOf().request("/x", { method }));
      assert.match(message, `it redirects (${status}) to ${urlOf(stranger)}/y`);
    }
  }
  assert.is(other, 0);
  answer = (request, response) => {
    if (request.url === "/y") return void response.end(`{"method":"${request.method}"}`);
    response.writeHead(302, { location: "/y" }).end();
  };
  assert.equal(await serviceOf().requestJson("/x"), { method: "GET" });
  answer = (_, response) => response.writeHead(307, { location: "/x" }).end();
  assert.match((await failure(serviceOf().request("/x"))).message, "more than 5 times");
});

test("what is sent follows a redirect only to the same path, behind a prefix or with a slash", async () => {
  for (const location of ["/x/", "/prefix/x", "/prefix/x/"]) {
    answer = (request, response) => {
      if (request.url === location) return void response.end(`{"method":"${request.method}"}`);
      response.writeHead(307, { location }).end();
    };
    assert.equal(await serviceOf().requestJson("/x", { json: {} }), { method: "POST" }, location);
    const file = { method: "PUT", body: new Blob(["file"]) } as const;
    assert.equal(await serviceOf().requestJson("/x", file), { method: "PUT" }, location);
  }
  for (const location of ["/y", "y", "/", "/x?name=y", "/x/y", "//", "/prex"]) {
    let others = 0;
    answer = (request, response) => {
      if (request.url !== "/x") others += 1;
      response.writeHead(308, { location }).end();
    };
    for (const body of ["value", new Blob(["file"])]) {
      const error = await failure(serviceOf().request("/x", { method: "PUT", body }));
      assert.is(error.name, "TrackerUnreachableError", location);
      assert.match(error.message, "it redirects (308) to", location);
    }
    assert.is(others, 0, location);
  }
});

test.run();
