import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { CometServer } from "./comet-server.ts";
import { readArchive } from "./read-archive.ts";
import { type ReadExperiment, readRequests } from "./read-requests.ts";
import { KEY } from "./recording.ts";

const test = suite("Comet through the public API");
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const SCRIPT = here("fixtures/track.ts");
const ACC = here("../../../core/bin/acc.mjs");
const PRELOAD = new URL("../../../core/src/register-ts.mjs", import.meta.url).href;
const LIMIT_MS = 60_000;
/** The journal is written every 100 ms, on a busy machine a little later. */
const JOURNAL_MS = 500;
const TEXT = "auto-generated-in-the-backend";

const temporary = () => mkdtempSync(join(tmpdir(), "acc-comet-e2e-"));

type Finished = { readonly code: number | null; readonly output: string };

function startNode(args: readonly string[], env: NodeJS.ProcessEnv, cwd: string) {
  const child: ChildProcess = spawn(process.execPath, args, {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: LIMIT_MS,
    killSignal: "SIGKILL",
  });
  let output = "";
  const listeners: ((output: string) => void)[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk) => {
      output += chunk;
      for (const listener of listeners) listener(output);
    });
  }
  const finished = new Promise<Finished>((resolve) => {
    child.on("close", (code) => resolve({ code, output }));
  });
  const listen = (listener: (output: string) => void) => listeners.push(listener);
  return { child, finished, listen };
}

const train = (directory: string, steps: number, deliveryMs: number, env: NodeJS.ProcessEnv) =>
  startNode(["--import", PRELOAD, SCRIPT, directory, `${steps}`, `${deliveryMs}`], env, directory);
const sync = (directory: string, env: NodeJS.ProcessEnv) =>
  startNode([ACC, "sync", directory], env, directory).finished;

const onlineAt = (server: CometServer): NodeJS.ProcessEnv => ({
  ...{ COMET_API_KEY: KEY, COMET_URL_OVERRIDE: server.url, COMET_WORKSPACE: "ws" },
});

/** The steps whose `log` had returned before the process ended. */
const acceptedSteps = (output: string) =>
  output.split("\n").filter((line) => /^\d+$/.test(line)).length;

/** The one experiment that a server was sent. */
function onlyExperiment({ requests }: CometServer): ReadExperiment {
  const keys = requests.map(({ json }) => json?.experimentKey).filter((key) => key !== undefined);
  assert.is(new Set(keys).size, 1);
  return readRequests(requests, keys[0]);
}

/** Every point of `name` once, from step 0 on without a gap; how many there are. */
function requireCurve({ metrics }: ReadExperiment, name: string): number {
  const steps = metrics.filter((metric) => metric.name === name).map(({ step }) => step);
  assert.equal(
    steps,
    steps.map((_, index) => index),
  );
  return steps.length;
}

test("a script logs to the service", async () => {
  await CometServer.during(async (server) => {
    const { code, output } = await train(temporary(), 50, 20_000, onlineAt(server)).finished;
    assert.is(code, 0, output);
    const read = onlyExperiment(server);
    assert.is(requireCurve(read, "loss"), 50);
    assert.is(requireCurve(read, "nested/twice"), 50);
    const native = read.metrics.filter(({ context }) => context !== "train");
    assert.equal(
      native.map(({ name, value }) => [name, value]),
      [["native", 7]],
    );
    assert.is(read.others.note, "step 49");
    assert.is(read.others.Name, "e2e");
    assert.equal(read.parameters["nested|deep (manual)"], [[1, 2], null]);
    assert.equal(read.tags, ["t1"]);
    assert.equal([...read.files.values()].map(({ name }) => name).sort(), [TEXT, "sample"]);
    assert.is(read.alive.at(-1), false);
    assert.match(output, new RegExp(`key ${server.requests[0]?.json.experimentKey}`));
  });
});

test("nothing is lost while the service is down: acc sync brings it, once", async () => {
  const directory = temporary();
  let env: NodeJS.ProcessEnv = {};
  await CometServer.during(async (server) => {
    env = onlineAt(server);
  });
  const { code, output } = await train(directory, 30, 300, env).finished;
  assert.is(code, 0, output);
  assert.match(output, /acc sync/);
  await CometServer.during(async (server) => {
    for (let times = 0; times < 2; times++) {
      const synced = await sync(directory, onlineAt(server));
      assert.is(synced.code, 0, synced.output);
    }
    assert.is(requireCurve(onlyExperiment(server), "loss"), 30);
    assert.is(onlyExperiment(server).files.size, 2);
  });
});

for (const mode of ["online", "offline"] as const) {
  test(`a process killed at any moment loses nothing that log had accepted, ${mode}`, async () => {
    for (const steps of [0, 20, 60]) {
      await CometServer.during((server) => killAndSync(server, mode, steps));
    }
  });
}

/** Kills a run some time after a step, brings the rest, and looks for what `log` had accepted. */
async function killAndSync(
  server: CometServer,
  mode: "online" | "offline",
  steps: number,
): Promise<void> {
  const directory = temporary();
  const archives = join(directory, "archives");
  const offline = { COMET_START_ONLINE: "0", COMET_OFFLINE_DIRECTORY: archives };
  const env = mode === "online" ? onlineAt(server) : offline;
  const { child, finished, listen } = train(directory, 5000, 20_000, env);
  listen((output) => {
    if (acceptedSteps(output) > steps) setTimeout(() => child.kill("SIGKILL"), JOURNAL_MS);
  });
  const { output } = await finished;
  for (let times = 0; times < 2; times++) {
    const synced = await sync(directory, env);
    assert.is(synced.code, 0, synced.output);
  }
  // One more step may have been under way.
  const count = mode === "online" ? countOnline(server) : countOffline(archives);
  const most = acceptedSteps(output) + 1;
  assert.ok(count > steps && count <= most, `${count} of ${steps + 1} to ${most}\n${output}`);
  assert.not.match(storedText(directory), new RegExp(KEY));
}

const countOnline = (server: CometServer): number => requireCurve(onlyExperiment(server), "loss");

function countOffline(archives: string): number {
  const steps = readArchive(archives)
    .messages.filter(({ payload }) => payload.metric?.metricName === "loss")
    .map(({ payload }) => payload.metric.step);
  assert.equal(
    steps,
    steps.map((_, index) => index),
  );
  return steps.length;
}

/** Everything that is stored of the runs. */
function storedText(directory: string): string {
  return readdirSync(join(directory, ".acc"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
    .join("\n");
}

test.run();
