import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type SyncReport, syncRun } from "../../core/src/sync/sync-run.ts";

const test = suite("answers of servers that mean nothing");
const SCRIPT = fileURLToPath(new URL("fixtures/record.ts", import.meta.url));
const REGISTER = import.meta.resolve("@acc/core/register-ts");
/** Deliveries for each tracker, and how many at once. */
const COUNT = Number(process.env.COUNT ?? 48);
const AT_ONCE = 12;
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const KEY = "0123456789abcdef0123456789abcdef01234567";
const LIMIT_MS = 20_000;

type Random = () => number;

/** Random numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomOf(seed: number): Random {
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
function answerOf(random: Random): Buffer {
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

let answers = 0;

async function listen(random: Random): Promise<Server> {
  const server = createServer((socket: Socket) => {
    socket.on("error", () => {});
    socket.on("data", () => {
      answers += 1;
      const bytes = answerOf(random);
      const kind = random();
      if (kind < 0.05) return void socket.destroy();
      if (kind < 0.1) return; // no answer
      socket.write(kind < 0.15 ? bytes.subarray(0, bytes.length / 2) : bytes);
      if (kind < 0.3) socket.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  return server;
}

const OPTIONS: Readonly<Record<string, (url: string) => object>> = {
  mlflow: (url) => ({ trackingUri: url }),
  wandb: (url) => ({ baseUrl: url }),
  comet_ml: (url) => ({ urlOverride: `${url}/clientlib/` }),
  clearml: (url) => ({ apiHost: url, webHost: url, filesHost: url }),
  aim: (url) => ({ repo: url }),
};

const folder = mkdtempSync(join(tmpdir(), "acc-answers-"));
const environment = { ...process.env };
const broken: unknown[] = [];
const onBroken = (error: unknown): void => void broken.push(error);

test.before(() => {
  Object.assign(process.env, {
    ...{ ACC_HOME: join(folder, "home"), HOME: folder, MLFLOW_TRACKING_TOKEN: KEY },
    ...{ WANDB_API_KEY: KEY, COMET_API_KEY: KEY, CLEARML_API_ACCESS_KEY: "access" },
    ...{ CLEARML_API_SECRET_KEY: KEY, __AIM_RT_BEARER_TOKEN__: KEY },
  });
  process.on("uncaughtException", onBroken);
  process.on("unhandledRejection", onBroken);
});
test.after(() => {
  process.env = environment;
  process.off("uncaughtException", onBroken);
  process.off("unhandledRejection", onBroken);
  rmSync(folder, { recursive: true, force: true });
});

/** Delivers as `acc sync` does. */
async function deliver(run: string, warnings: string[]): Promise<SyncReport> {
  const limit = AbortSignal.timeout(LIMIT_MS);
  const report = await syncRun(run, {
    ...{ timeoutMs: 400, signal: limit, trusts: () => false },
    warn: (message) => warnings.push(message),
  });
  assert.not.ok(limit.aborted, "it ends by itself");
  return report;
}

for (const [index, [name, options]] of Object.entries(OPTIONS).entries()) {
  test(`${name}: no crash, no endless wait, nothing is called delivered (SEED=${SEED})`, async () => {
    const random = randomOf(SEED + index);
    const server = await listen(random);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const project = join(folder, name);
    mkdirSync(project);
    const { MLFLOW_TRACKING_TOKEN, WANDB_API_KEY, COMET_API_KEY, ...env } = process.env;
    const { status, stderr } = spawnSync(process.execPath, ["--import", REGISTER, SCRIPT], {
      ...{ cwd: project, encoding: "utf8", timeout: 60_000 },
      env: { ...env, RECORD: JSON.stringify({ name, options: options(url) }) },
    });
    assert.is(status, 0, stderr);
    const [run = ""] = readdirSync(join(project, "runs/.acc")).filter((entry) => entry[0] !== ".");
    const warnings: string[] = [];
    answers = 0;
    for (let done = 0; done < COUNT; done += AT_ONCE) {
      const reports = await Promise.all(
        Array.from({ length: AT_ONCE }, (_, i) => {
          const copy = join(project, `copies/${done + i}`);
          cpSync(join(project, "runs/.acc", run), copy, { recursive: true });
          return deliver(copy, warnings);
        }),
      );
      for (const { trackers, heldBy, isRefused } of reports) {
        assert.equal([heldBy, isRefused], [undefined, undefined]);
        for (const { isComplete, obstacle } of trackers) {
          assert.is(isComplete, false);
          assert.not.match(obstacle ?? "", KEY);
        }
      }
    }
    assert.not.match(warnings.join("\n"), KEY);
    assert.equal(broken, []);
    assert.ok(answers > COUNT / 2, `${answers} answers`);
    server.close();
  });
}

test.run();
