import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, symlinkSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { listen } from "@acc/test-kit/servers/listen";
import type { Test } from "uvu";
import * as assert from "uvu/assert";

const EXAMPLES = fileURLToPath(new URL("..", import.meta.url));
const SCRIPT = fileURLToPath(new URL("fixtures/record.ts", import.meta.url));
const REGISTER = import.meta.resolve("@acc/core/register-ts");
const ACC = fileURLToPath(
  import.meta.resolve("@acc/core/package.json").replace(/package\.json$/, "bin/acc.mjs"),
);
const KEY = "0123456789abcdef0123456789abcdef01234567";
const LIMIT_MS = 60_000;

/** A server that is busy, and remembers the keys that it was sent. */
class BusyServer {
  readonly keys: string[] = [];
  requests = 0;
  #port = 0;
  readonly #server = createServer((request, response) => {
    this.requests += 1;
    const { authorization = "" } = request.headers;
    const decoded = Buffer.from(authorization.replace(/^Basic /, ""), "base64").toString();
    const sent = `${JSON.stringify(request.headers)} ${decoded}`;
    if (sent.includes(KEY)) this.keys.push(sent);
    request.resume();
    // Repeats what it got, as some servers do.
    response.writeHead(503).end(`busy ${JSON.stringify(request.headers)} ${decoded}`);
  });

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    this.#port = await listen(this.#server);
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

type Settings = {
  /** What the recording says. */
  readonly options: (url: string) => object;
  /** What the environment of `acc sync` says. */
  readonly env: (url: string) => Record<string, string>;
};

const TRACKERS = {
  mlflow: {
    options: (url) => ({ trackingUri: url }),
    env: (url) => ({ MLFLOW_TRACKING_URI: url, MLFLOW_TRACKING_TOKEN: KEY }),
  },
  wandb: {
    options: (url) => ({ baseUrl: url }),
    env: (url) => ({ WANDB_BASE_URL: url, WANDB_API_KEY: KEY }),
  },
  comet_ml: {
    options: (url) => ({ urlOverride: `${url}/clientlib/` }),
    env: (url) => ({ COMET_URL_OVERRIDE: `${url}/clientlib/`, COMET_API_KEY: KEY }),
  },
  clearml: {
    options: (url) => ({ apiHost: url, webHost: url, filesHost: url }),
    env: (url) => ({
      ...{ CLEARML_API_HOST: url, CLEARML_WEB_HOST: url, CLEARML_FILES_HOST: url },
      ...{ CLEARML_API_ACCESS_KEY: "access", CLEARML_API_SECRET_KEY: KEY },
    }),
  },
  trackio: {
    options: (url) => ({ serverUrl: url }),
    env: (url) => ({ TRACKIO_SERVER_URL: url, TRACKIO_WRITE_TOKEN: KEY }),
  },
  swanlab: {
    options: (url) => ({ apiHost: url }),
    env: (url) => ({ SWANLAB_API_HOST: url, SWANLAB_API_KEY: KEY }),
  },
} satisfies Record<string, Settings>;

function run(cwd: string, args: readonly string[], env: Record<string, string>) {
  const { PATH = "" } = process.env;
  const child = spawn(process.execPath, args, {
    ...{ cwd, timeout: LIMIT_MS, killSignal: "SIGKILL" },
    env: { PATH, HOME: cwd, ...env },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  return new Promise<{ code: number | null; output: string }>((resolve) => {
    child.on("close", (code) => resolve({ code, output }));
  });
}

/** Tests a run that another machine recorded with a tracker. */
export function testForeignRun(test: Test, name: keyof typeof TRACKERS): void {
  const { options, env }: Settings = TRACKERS[name];
  test(`${name}: refused; trusted, the environment's server gets the key, and nobody else`, async () => {
    const [mine, thief] = [new BusyServer(), new BusyServer()];
    await Promise.all([mine.start(), thief.start()]);
    const folder = mkdtempSync(join(tmpdir(), "acc-foreign-"));
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(join(EXAMPLES, "node_modules/@acc"), join(folder, "node_modules/@acc"));
    const recorder = {
      ACC_HOME: join(folder, "theirs"),
      RECORD: JSON.stringify({ name, options: options(thief.url) }),
    };
    const recorded = await run(folder, ["--import", REGISTER, SCRIPT], recorder);
    assert.is(recorded.code, 0, recorded.output);
    cpSync(join(folder, "runs"), join(folder, "copy"), { recursive: true });
    const sync = (home: string, ...args: string[]) =>
      run(folder, [ACC, "sync", "--timeout-ms", "1000", ...args], {
        ...env(mine.url),
        ACC_HOME: join(folder, home),
      });
    thief.requests = 0;

    const refused = await sync("mine", "runs");
    assert.is(refused.code, 4, refused.output);
    assert.equal([mine.requests, thief.requests], [0, 0]);

    const trusted = await sync("mine", "--trust", "runs");
    assert.is(trusted.code, 1, trusted.output);
    assert.ok(mine.keys.length > 0, trusted.output);
    assert.is(thief.requests, 0, trusted.output);
    assert.not.match(trusted.output, KEY);
    assert.not.match(trusted.output, Buffer.from(KEY).toString("base64").slice(4, 40));

    mine.requests = 0;
    const own = await sync("theirs", "copy");
    assert.is(own.code, 1, own.output);
    assert.ok(thief.requests > 0, "who recorded it named this server");
    assert.is(own.output.includes(KEY), false);
    mine.stop();
    thief.stop();
  });
}
