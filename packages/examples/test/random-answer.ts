import { gzipSync } from "node:zlib";

export type Random = () => number;

/** Random numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomOf(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const NAMES = [
  ...["data", "meta", "run", "runs", "info", "experiment", "experiments", "error_code", "message"],
  ...["errors", "status", "msg", "experimentKey", "id", "token", "result_code", "name", "project"],
  ...["upsertBucket", "model", "entity", "viewer", "handler", "exception", "limits", "__proto__"],
];

function pick<T>(random: Random, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)] as T;
}

/** A value with the names that services use and the types that they do not. */
function jsonOf(random: Random, depth = 0): unknown {
  const kind = random() * (depth > 4 ? 6 : 9);
  if (kind < 1) return null;
  if (kind < 2) return random() < 0.5;
  if (kind < 3) return pick(random, [0, -1, 1e308, 200, 404, 2 ** 53]);
  if (kind < 6) return pick(random, ["", "x", "\u0000\u001b[2J", "é".repeat(1000), "../..", "1"]);
  const count = Math.floor(random() * 4);
  const items = Array.from({ length: count }, () => jsonOf(random, depth + 1));
  if (kind < 7) return items;
  return Object.fromEntries(items.map((item) => [pick(random, NAMES), item]));
}

function bodyOf(random: Random): Buffer {
  const kind = random();
  const text = JSON.stringify(jsonOf(random)) ?? "";
  if (kind < 0.6) return Buffer.from(text);
  if (kind < 0.7) return Buffer.from(text.slice(0, Math.floor(text.length * random())));
  if (kind < 0.8) return Buffer.from(Array.from({ length: 200 }, () => Math.floor(random() * 256)));
  if (kind < 0.9) return Buffer.from("[".repeat(100_000));
  return Buffer.from("<html>Sign in</html>");
}

/** The bytes of an answer: mostly HTTP, with headers that may lie. */
export function answerOf(random: Random): Buffer {
  if (random() < 0.05) return Buffer.from("SSH-2.0-OpenSSH_9.6\r\n");
  const status = pick(random, [
    ...[200, 200, 200, 200, 201, 204, 302, 307],
    400,
    404,
    409,
    429,
    500,
    999,
  ]);
  const body = bodyOf(random);
  const encoded = random() < 0.1 ? gzipSync(body) : body;
  const length = random() < 0.1 ? encoded.length + pick(random, [-1, 1, 1000]) : encoded.length;
  const headers = [
    `content-length: ${Math.max(0, length)}`,
    ...(random() < 0.15 ? ["content-encoding: gzip"] : []),
    ...(random() < 0.2
      ? [`retry-after: ${pick(random, ["0", "-1", "1e9", "soon", "99999999999"])}`]
      : []),
    ...(status < 400 && status >= 300
      ? [`location: ${pick(random, ["/", "//", "x:y", "http://["])}`]
      : []),
    ...(random() < 0.05 ? [`x: ${"y".repeat(20_000)}`] : []),
    ...(random() < 0.5 ? ["connection: close"] : []),
  ];
  const head = `HTTP/1.1 ${status} X\r\n${headers.join("\r\n")}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), encoded]);
}
