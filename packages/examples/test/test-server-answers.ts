import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { listen } from "@acc/test-kit/servers/listen";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { type SyncReport, syncRun } from "../../core/src/sync/sync-run.ts";
import { answerOf, type Random, randomOf } from "./random-answer.ts";

const SCRIPT = fileURLToPath(new URL("fixtures/record.ts", import.meta.url));
const REGISTER = import.meta.resolve("@acc/core/register-ts");
/** Deliveries at once. */
const AT_ONCE = 12;
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const KEY = "0123456789abcdef0123456789abcdef01234567";
const LIMIT_MS = 60_000;

let answers = 0;

/** A server that answers at random. */
async function serveAnswers(random: Random): Promise<{ server: Server; url: string }> {
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
  const port = await listen(server);
  server.unref();
  return { server, url: `http://127.0.0.1:${port}` };
}

const OPTIONS = {
  mlflow: (url) => ({ trackingUri: url }),
  wandb: (url) => ({ baseUrl: url }),
  comet_ml: (url) => ({ urlOverride: `${url}/clientlib/` }),
  clearml: (url) => ({ apiHost: url, webHost: url, filesHost: url }),
  aim: (url) => ({ repo: url }),
  trackio: (url) => ({ serverUrl: url }),
  swanlab: (url) => ({ apiHost: url }),
} satisfies Record<string, (url: string) => object>;
export type ServiceName = keyof typeof OPTIONS;
export const ALL_SERVICES = Object.keys(OPTIONS) as ServiceName[];

const folder = mkdtempSync(join(tmpdir(), "acc-answers-"));
const broken: unknown[] = [];
const onBroken = (error: unknown): void => void broken.push(error);

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

/** Tests `count` deliveries for each tracker, 12 at a time. */
export function testAnswers(test: Test, names: readonly ServiceName[], count: number): void {
  const environment = { ...process.env };
  test.before(() => {
    Object.assign(process.env, {
      ...{ ACC_HOME: join(folder, "home"), HOME: folder, MLFLOW_TRACKING_TOKEN: KEY },
      ...{ WANDB_API_KEY: KEY, COMET_API_KEY: KEY, CLEARML_API_ACCESS_KEY: "access" },
      ...{ CLEARML_API_SECRET_KEY: KEY, __AIM_RT_BEARER_TOKEN__: KEY, TRACKIO_WRITE_TOKEN: KEY },
      ...{ SWANLAB_API_KEY: KEY },
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

  for (const [index, name] of names.entries()) {
    test(`${name}: no crash, no endless wait, nothing is called delivered (SEED=${SEED})`, async () => {
      const random = randomOf(SEED + index);
      const { server, url } = await serveAnswers(random);
      const project = join(folder, name);
      mkdirSync(project);
      const { MLFLOW_TRACKING_TOKEN, WANDB_API_KEY, COMET_API_KEY, ...others } = process.env;
      const { SWANLAB_API_KEY, ...env } = others;
      const { status, stderr } = spawnSync(process.execPath, ["--import", REGISTER, SCRIPT], {
        ...{ cwd: project, encoding: "utf8", timeout: 60_000 },
        env: { ...env, RECORD: JSON.stringify({ name, options: OPTIONS[name](url) }) },
      });
      assert.is(status, 0, stderr);
      const [run = ""] = readdirSync(join(project, "runs/.acc")).filter(
        (entry) => entry[0] !== ".",
      );
      const warnings: string[] = [];
      answers = 0;
      for (let done = 0; done < count; done += AT_ONCE) {
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
      assert.ok(answers > count / 2, `${answers} answers`);
      server.close();
    });
  }
}
