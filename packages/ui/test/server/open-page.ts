import { request } from "node:http";
import { type Library, openLibrary } from "../../src/index/library.ts";
import { servePage } from "../../src/server/server.ts";

export const TOKEN = "0123456789abcdef";
const LIMIT_MS = 20_000;

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
};

export type OpenPage = {
  readonly port: number;
  readonly library: Library;
  /** A request with the token, unless `headers` says otherwise. */
  ask(path: string, options?: AskOptions): Promise<Answer>;
  json(path: string): Promise<never>;
  close(): Promise<void>;
};

export type AskOptions = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
};

/** The server over the runs below a folder, once they are read. */
export async function openPage(folder: string, hostNames: string[] = []): Promise<OpenPage> {
  const library = await openLibrary(folder);
  await library.whole();
  const { port, close } = await servePage(library, { port: 0, token: TOKEN, hostNames });
  const ask: OpenPage["ask"] = (path, options) => send(port, path, options);
  return {
    ...{ port, library, ask },
    async json(path) {
      const { status, body } = await ask(path);
      if (status !== 200) throw new Error(`${path}: ${status} ${body}`);
      return JSON.parse(String(body)) as never;
    },
    async close() {
      await close();
      await library.close();
    },
  };
}

function send(port: number, path: string, options: AskOptions = {}): Promise<Answer> {
  const { method = "GET", headers = {}, body } = options;
  const given = Object.entries({ "x-acc-token": TOKEN, ...headers });
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        ...{ host: "127.0.0.1", port, path, method, agent: false },
        headers: Object.fromEntries(given.filter(([, value]) => value !== undefined)) as never,
        signal: AbortSignal.timeout(LIMIT_MS),
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("end", () => {
          const { statusCode = 0, headers: received } = response;
          resolve({ status: statusCode, headers: received, body: Buffer.concat(parts) });
        });
        response.on("error", reject);
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}
