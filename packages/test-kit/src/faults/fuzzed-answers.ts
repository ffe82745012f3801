/** Answers of a service that went wrong at random, each from a seed. */
import type { ServerResponse } from "node:http";
import { NonsenseProxy, type NonsenseSubject } from "./nonsense.ts";

/** Longest time of one attempt to deliver. */
const ATTEMPT_MS = 200_000;
const MOST_FAULTS = 20;
const WRONG: readonly unknown[] = [null, true, -1, 1e308, "", "no", [], {}, [null], { a: [] }];
const DEPTH = 5000;

/** A number from 0 up to a limit, which is left out. */
type Draw = (limit: number) => number;

export function seededDraw(seed: number): Draw {
  let state = (seed * 2_654_435_761) >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

type Kind = (draw: Draw, genuine: string, response: ServerResponse) => void;

const JSON_TYPE = { "content-type": "application/json" };

/** By name: an answer that no service gives to a request that it has carried out. */
const KINDS: Readonly<Record<string, Kind>> = {
  "another status": (draw, genuine, response) => {
    // Not 413: that is what a proxy says of one event, and is believed.
    const status = [300, 301, 304, 307, 400, 401, 403, 404, 408, 409, 422, 429][draw(20)];
    const headers = { ...JSON_TYPE, ...oddHeaders(draw) };
    response.writeHead(status ?? 500 + draw(100), headers).end(damaged(genuine, draw));
  },
  "half of its answer": (draw, genuine, response) => {
    response.writeHead(200, JSON_TYPE).end(cut(genuine, draw));
  },
  "wrong types in all fields": (draw, genuine, response) => {
    response.writeHead(200, JSON_TYPE).end(wrongTypes(genuine, draw));
  },
  "another value": (draw, _genuine, response) => {
    const value = WRONG[draw(WRONG.length)];
    // An empty object, or data that are null, is what some services say when they have done it.
    const isYes = typeOf(value) === "object" && Object.keys(value as object).length === 0;
    const isWrapped = isYes || (draw(2) === 1 && value !== null);
    response.writeHead(200, JSON_TYPE).end(JSON.stringify(isWrapped ? { data: value } : value));
  },
  "a deep value": (draw, _genuine, response) => {
    const open = draw(2) ? "[" : '{"data":';
    response.writeHead(200, JSON_TYPE).end(open.repeat(DEPTH));
  },
  bytes: (draw, _genuine, response) => {
    const bytes = Buffer.from(Array.from({ length: draw(3000) }, () => draw(256)));
    response.writeHead(200, draw(2) ? JSON_TYPE : {}).end(bytes);
  },
  "a huge body": (draw, _genuine, response) => {
    response.writeHead(200, JSON_TYPE);
    response.on("error", () => {});
    response.end(`{"a":"${"x".repeat((1 + draw(24)) * 2 ** 20)}`);
  },
  "a closed connection": (draw, genuine, response) => {
    const whole = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${genuine.length + 9}\r\n\r\n${genuine}`;
    response.socket?.end(whole.slice(0, draw(whole.length)));
  },
  "an answer that never comes to its end": (draw, genuine, response) => {
    response.writeHead(200, { ...JSON_TYPE, "content-length": genuine.length + 100 });
    response.on("error", () => {});
    for (let part = 0; part < 4; part++) {
      setTimeout(() => response.write(genuine.slice(part, part + 1) || " "), part * draw(30));
    }
    setTimeout(() => response.destroy(), 150);
  },
  "no HTTP": (draw, _genuine, response) => {
    const bytes = Buffer.from(Array.from({ length: 1 + draw(200) }, () => draw(256)));
    response.socket?.end(bytes);
  },
  "headers that do not fit": (draw, genuine, response) => {
    // The time limit of the request must pass where a body cannot be decompressed, so there are few of these.
    const rare = ["content-encoding: gzip", "content-encoding: br"][draw(80)];
    const often = ["transfer-encoding: chunked", "content-length: -5"][draw(2)];
    response.socket?.end(`HTTP/1.1 200 OK\r\n${rare ?? often}\r\n\r\n${genuine}`);
  },
};

function oddHeaders(draw: Draw): Record<string, string> {
  const values = ["-1", "0", "NaN", "1e99", "", "Thu, 99 Foo 9999 99:99:99 GMT", "x".repeat(4000)];
  const names = ["retry-after", "location", "x-ratelimit-reset", "content-language", "date"];
  return { [names[draw(names.length)] as string]: values[draw(values.length)] as string };
}

function damaged(genuine: string, draw: Draw): string {
  return draw(2) ? cut(genuine, draw) : wrongTypes(genuine, draw);
}

/** Never whole, so no longer JSON, and never empty: MLflow says nothing when it has stored a file. */
function cut(genuine: string, draw: Draw): string {
  const text = isStructure(genuine) ? genuine.trim() : "{}";
  return text.slice(0, 1 + draw(text.length - 1));
}

function isStructure(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null;
  } catch {
    return false;
  }
}

/** The same fields, each with a value of another type; fields without any become one that is not there. */
function wrongTypes(genuine: string, draw: Draw): string {
  if (!isStructure(genuine)) return "null";
  const change = (value: unknown): unknown => {
    if (typeof value === "object" && value !== null && Object.keys(value).length > 0) {
      const changed = Object.entries(value).map(([key, item]) => [key, change(item)] as const);
      return Array.isArray(value) ? changed.map(([, item]) => item) : Object.fromEntries(changed);
    }
    const others = WRONG.filter((wrong) => typeOf(wrong) !== typeOf(value));
    return others[draw(others.length)];
  };
  return JSON.stringify(change(JSON.parse(genuine)));
}

function typeOf(value: unknown): string {
  return Array.isArray(value) ? "list" : value === null ? "null" : typeof value;
}

/**
 * Delivers a run again and again, each time with wrong answers from some request on, then in a new process with a service
 * that is well. In half of the runs the service has carried out what it answers wrongly.
 *
 * @returns what went wrong, one line for each: an attempt that crashed, hung or refused events, and a service that does
 *   not hold everything once at the end. How often each kind was given is printed.
 */
export async function fuzzedFaults(
  { startService, newRun }: NonsenseSubject,
  { count, seed }: { readonly count: number; readonly seed: number },
): Promise<string[]> {
  const faults: string[] = [];
  const whole = await startService();
  const listening = new NonsenseProxy(whole.url);
  const first = await newRun(await listening.start());
  await first.attempt();
  const expected = JSON.stringify(whole.held());
  const requests = listening.passed.length;
  await listening.stop();
  await whole.stop();
  const names = Object.keys(KINDS);
  const given = new Map<string, number>();
  for (let at = 0; at < count && faults.length < MOST_FAULTS; at++) {
    const draw = seededDraw(seed + at);
    const name = names[draw(names.length)] as string;
    const service = await startService();
    const proxy = new NonsenseProxy(service.url);
    const run = await newRun(await proxy.start());
    const passed = draw(requests);
    const times = draw(3) === 0 ? 1 : Number.POSITIVE_INFINITY;
    const isCarriedOut = draw(2) === 0;
    const where = `seed ${seed + at}: ${name}, after ${passed} requests${isCarriedOut ? ", carried out" : ""}`;
    spoil(proxy, passed, { times, name, draw, isCarriedOut });
    const error = await attemptWithin(run.attempt);
    if (proxy.spoiled > 0) given.set(name, (given.get(name) ?? 0) + 1);
    if (error && error.name !== "TrackerUnreachableError") faults.push(`${where}: ${error.stack}`);
    proxy.pass();
    await run.restart();
    const again = error && (await attemptWithin(run.attempt));
    if (again) faults.push(`${where}, then: ${again.message}`);
    const held = JSON.stringify(service.held());
    if (held !== expected) {
      faults.push(`${where} (${error?.message}): the service holds ${held}, not ${expected}`);
    }
    await proxy.stop();
    await service.stop();
  }
  const counts = [...given].map(([name, times]) => `${name} ${times}`).join(", ");
  console.log(`\n${requests} requests a run; ${counts}`);
  return faults;
}

type Spoiling = {
  /** How many answers in a row are wrong. */
  readonly times: number;
  /** Of the kind. */
  readonly name: string;
  readonly draw: Draw;
  readonly isCarriedOut: boolean;
};

function spoil(
  proxy: NonsenseProxy,
  passed: number,
  { times, name, draw, isCarriedOut }: Spoiling,
): void {
  let left = times;
  proxy.answerAfter(
    passed,
    (response, genuine) => {
      left -= 1;
      if (left === 0) proxy.pass();
      KINDS[name]?.(draw, genuine, response);
    },
    isCarriedOut,
  );
}

async function attemptWithin(attempt: () => Promise<void>): Promise<Error | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<Error>((resolve) => {
    timer = setTimeout(() => resolve(new Error(`no end within ${ATTEMPT_MS} ms`)), ATTEMPT_MS);
  });
  const ended = attempt().then(
    () => undefined,
    (error: Error) => error,
  );
  try {
    return await Promise.race([ended, limit]);
  } finally {
    clearTimeout(timer);
  }
}
