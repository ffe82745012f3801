/** Requests to the server, with the token of the address. Addresses are relative: a proxy may add a prefix. */
import type { LibraryChange } from "../wire/schema.ts";

const TOKEN = "acc-token";
const FROM_ADDRESS = /^#token=([\w-]+)$/;
/** A browser has six connections to a host; one is for what changes. */
const MAX_REQUESTS = 4;
const RETRY_MS = 2_000;

/** What the server refused, in its own words. */
export class RequestError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Takes the token out of the address, so that it is not in the history, a bookmark or a screenshot. */
export function takeToken(): void {
  const [, token] = FROM_ADDRESS.exec(location.hash) ?? [];
  if (token === undefined) return;
  sessionStorage.setItem(TOKEN, token);
  history.replaceState(null, "", "#/runs");
}

let answers: ((path: string) => Response) | undefined;

/** From now on no server is asked: the page holds all that it shows. */
export function answerHere(answer: (path: string) => Response): void {
  answers = answer;
}

async function request(path: string, options: RequestInit = {}): Promise<Response> {
  const response = answers ? answers(path) : await ask(path, options);
  if (response.ok) return response;
  throw new RequestError(response.status, (await response.text()).trim());
}

function ask(path: string, options: RequestInit): Promise<Response> {
  const headers = { "x-acc-token": sessionStorage.getItem(TOKEN) ?? "", ...options.headers };
  return fetch(path, { ...options, headers });
}

let free = MAX_REQUESTS;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
  else free--;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else free++;
  }
}

export function getJson<T>(path: string): Promise<T> {
  return inTurn(async () => (await (await request(path)).json()) as T);
}

export function getBytes(path: string): Promise<ArrayBuffer> {
  return inTurn(async () => await (await request(path)).arrayBuffer());
}

export function getBlob(path: string): Promise<Blob> {
  return inTurn(async () => await (await request(path)).blob());
}

export async function postJson<T>(path: string, value: unknown): Promise<T> {
  const headers = { "content-type": "application/json" };
  const options = { method: "POST", headers, body: JSON.stringify(value) };
  return (await (await request(path, options)).json()) as T;
}

export type Listener = {
  /** The connection stands: what came before it was missed. */
  onOpen(): void;
  onChange(change: LibraryChange): void;
  onLost(): void;
};

const LOCK = "acc-events";

/**
 * Hears of what changes. One page of a browser holds the connection and tells the others; where pages cannot agree, each holds
 * its own. While nobody looks at this page it holds none.
 */
export function listen(listener: Listener): void {
  const channel = new BroadcastChannel(LOCK);
  channel.onmessage = ({ data }: MessageEvent<LibraryChange | "open" | "lost">) => {
    if (data === "open") listener.onOpen();
    else if (data === "lost") listener.onLost();
    else listener.onChange(data);
  };
  const told: Listener = {
    onOpen: () => tell("open", () => listener.onOpen()),
    onLost: () => tell("lost", () => listener.onLost()),
    onChange: (change) => tell(change, () => listener.onChange(change)),
  };
  const tell = (message: unknown, self: () => void): void => {
    channel.postMessage(message);
    self();
  };
  let ending: AbortController | undefined;
  const start = (): void => {
    if (document.hidden || ending) return;
    ending = new AbortController();
    const { signal } = ending;
    const hold = (): Promise<void> => follow(told, signal);
    // What happened until this page holds the connection, or hears from the one that does, was missed.
    listener.onOpen();
    if ("locks" in navigator) navigator.locks.request(LOCK, { signal }, hold).catch(() => {});
    else void hold();
  };
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) return start();
    ending?.abort();
    ending = undefined;
  });
  start();
}

async function follow(listener: Listener, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const { body } = await request("api/events", { signal });
      listener.onOpen();
      if (body) await readEvents(body, listener);
      listener.onLost();
    } catch (error) {
      if (signal.aborted) return;
      // Too many pages are open: this one asks now and then.
      if (error instanceof RequestError && error.status === 429) listener.onOpen();
      else listener.onLost();
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

async function readEvents(body: ReadableStream<Uint8Array>, listener: Listener): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream() as never).getReader();
  for (let text = ""; ; ) {
    const { done, value } = (await reader.read()) as ReadableStreamReadResult<string>;
    if (done) return;
    const events = (text + value).split("\n\n");
    text = events.pop() ?? "";
    for (const event of events) {
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (data !== undefined) listener.onChange(JSON.parse(data) as LibraryChange);
    }
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
