import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ClearMLServer } from "./clearml-server.ts";

const test = suite("ClearML from a training script to the server");
const REGISTER = new URL("../../../core/src/register-ts.mjs", import.meta.url).href;
const ACC = fileURLToPath(new URL("../../../core/bin/acc.mjs", import.meta.url));
const SCRIPT = fileURLToPath(new URL("fixtures/train.ts", import.meta.url));
const TIMEOUT_MS = 60_000;
const STEPS = 100;

let server: ClearMLServer;
test.before.each(async () => {
  server = await ClearMLServer.start();
});
test.after.each(() => server.close());
const newDirectory = () => mkdtempSync(join(tmpdir(), "acc-clearml-e2e-"));

type End = { readonly code: number | null; readonly output: string };

/** @param killAfterMs time from its first request to kill -9. */
async function node(args: readonly string[], killAfterMs?: number): Promise<End> {
  const child = spawn(process.execPath, args, {
    timeout: TIMEOUT_MS,
    env: {
      ...process.env,
      ...{
        CLEARML_API_HOST: server.url,
        CLEARML_FILES_HOST: server.url,
        CLEARML_WEB_HOST: server.url,
      },
      ...{
        CLEARML_API_ACCESS_KEY: "AKEY",
        CLEARML_API_SECRET_KEY: "SKEY",
        CLEARML_OFFLINE_MODE: "",
      },
    },
  });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const closed = new Promise<End>((resolve) =>
    child.on("close", (code) => resolve({ code, output })),
  );
  if (killAfterMs !== undefined) {
    const limit = Date.now() + TIMEOUT_MS;
    while (server.logins === 0 && child.exitCode === null && Date.now() < limit) await pause(1);
    await pause(killAfterMs);
    child.kill("SIGKILL");
  }
  return await closed;
}

const train = (directory: string) => node(["--import", REGISTER, SCRIPT, directory, String(STEPS)]);
/** A run ten times as long, which does not end by itself before it is killed. */
const trainAndKill = (directory: string, afterMs: number) =>
  node(["--import", REGISTER, SCRIPT, directory, String(10 * STEPS)], afterMs);
const sync = (directory: string) => node([ACC, "sync", directory, "--timeout-ms", "20000"]);

/** Each of the first `steps` steps once. */
function requireSteps(steps: number): void {
  const upTo = (every: number, first: number) =>
    Array.from(
      { length: Math.max(0, Math.ceil((steps - first) / every)) },
      (_, i) => first + i * every,
    );
  const scalars = server.stored("training_stats_scalar").filter(({ metric }) => metric === "loss");
  assert.equal(
    scalars.map(({ iter, value }) => [iter, value]).sort((a, b) => Number(a[0]) - Number(b[0])),
    upTo(1, 0).map((step) => [step, step]),
  );
  const lines = server.stored("log").sort((a, b) => a.timestamp - b.timestamp);
  assert.equal(
    lines.map(({ msg }) => msg),
    upTo(1, 0).map((step) => `note (iteration ${step}): note ${step}`),
  );
  const images = server
    .stored("training_debug_image")
    .map(({ iter }) => iter)
    .sort((a, b) => a - b);
  assert.ok(images.length >= upTo(10, 0).length - 1, "the image of the last step may be missing");
  assert.equal(images, upTo(10, 0).slice(0, images.length));
  // Of a run that is killed at once the copy of the model may not be made yet.
  const models = [...server.tasks.values()].flatMap((task) => task.models.output);
  assert.is(models.length, server.models.size);
  assert.ok(models.length <= 1 && (steps < STEPS || models.length === 1));
}

test("a run is recorded whole", async () => {
  const { code, output } = await train(newDirectory());
  assert.is(code, 0, output);
  requireSteps(STEPS);
  const { status, tags, hyperparams, script, execution } = server.onlyTask;
  const artifacts = (execution.artifacts ?? []).map(({ key, type }) => [key, type]);
  assert.equal(artifacts.sort(), [
    ["logged", "code"],
    ["uploaded", "custom"],
  ]);
  assert.equal([status, tags], ["completed", ["e2e"]]);
  assert.is(hyperparams.General?.layers?.value, "[64, 10]");
  assert.is(script?.entry_point, "train.ts");
  assert.is(server.stored("plot").length, STEPS / 10);
});

test("a server that is down delays nothing but the delivery", async () => {
  const directory = newDirectory();
  server.fault = () => ({ status: 503 });
  const { code, output } = await train(directory);
  assert.is(code, 0, output);
  assert.match(output, /acc sync/);
  assert.is(server.tasks.size, 0);
  server.fault = undefined;
  const { output: report } = await sync(directory);
  assert.match(report, /clearml complete/);
  requireSteps(STEPS);
  assert.is(server.onlyTask.status, "completed");
});

test("after kill -9 at any moment acc sync delivers what was logged, once", async () => {
  for (const killAfterMs of [0, 5, 20, 60, 120, 200]) {
    const directory = newDirectory();
    await trainAndKill(directory, killAfterMs);
    const { output } = await sync(directory);
    assert.match(output, /clearml complete/);
    assert.not.match(output, /AKEY|SKEY/);
    const calls = server.calls.length;
    requireSteps(server.stored("log").length);
    assert.is(server.onlyTask.status, "failed");
    assert.match((await sync(directory)).output, /clearml complete/);
    assert.is(server.calls.length, calls, "a second sync has nothing to do");
    await server.close();
    server = await ClearMLServer.start();
  }
});

test.run();
