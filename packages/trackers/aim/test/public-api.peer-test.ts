import { type ChildProcess, execFile, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { AimServer, ReadRun } from "@acc/test-kit/servers/aim-server";
import * as assert from "uvu/assert";
import { Recording } from "./recording.ts";
import { readRun, servedSuite } from "./served-suite.ts";

const { test, peer } = servedSuite("Aim through the public API");
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const ACC = here("../../../core/bin/acc.mjs");
const PRELOAD = new URL("../../../core/src/register-ts.mjs", import.meta.url).href;
const LIMIT_MS = 90_000;
const STEPS = 400;

type Training = { child: ChildProcess; output: () => string; ended: Promise<number | null> };

function train(folder: string, url: string): Training {
  const args = ["--import", PRELOAD, here("fixtures/train.ts"), folder, url, String(STEPS)];
  const child = spawn(process.execPath, args, { timeout: LIMIT_MS });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  return { child, output: () => output, ended };
}

async function sync(folder: string): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [ACC, "sync", folder], {
    timeout: LIMIT_MS,
  });
  return stdout + stderr;
}

/** The run of the training that printed this. */
function readTrained(server: AimServer, output: string): Promise<ReadRun> {
  return readRun(server, /hash (\w+)/.exec(output)?.[1] ?? "");
}

/** @returns how many steps there are, each once, with nothing missing before. */
function requireSteps(run: ReadRun): number {
  assert.is(run.name, "trained");
  assert.is(run.active, false);
  assert.equal(run.tags, ["tagged"]);
  assert.equal(run.params, { hparams: { lr: 0.5, layers: [2, 3] } });
  const stepsOf = (name: string) =>
    run.sequences.find((sequence) => sequence.name === name)?.points.map(({ step }) => step) ?? [];
  const steps = stepsOf("loss");
  assert.equal(
    steps,
    steps.map((_, index) => index),
  );
  assert.equal(stepsOf("text"), steps);
  return steps.length;
}

peer("records everything, and no header in the journal", async ({ server }) => {
  const { folder } = new Recording();
  const training = train(folder, server.url);
  assert.is(await training.ended, 0, training.output());
  let run = await readTrained(server, training.output());
  if (run.active) {
    await sync(folder); // on a slow machine the time for delivery was up
    run = await readTrained(server, training.output());
  }
  assert.is(requireSteps(run), STEPS);
  const tracked = run.sequences.find(({ name }) => name === "tracked");
  assert.equal(tracked?.context, { by: "hand" });
  assert.is(tracked?.points.length, STEPS / 10);
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!/journal|json/.test(file)) continue;
    assert.not.match(readFileSync(join(folder, file), "latin1"), "hunter2");
  }
});

peer("is whole after kill -9 and acc sync", async ({ server }) => {
  const { folder } = new Recording();
  const training = train(folder, server.url);
  const limit = Date.now() + LIMIT_MS;
  const reached = () => Number(/.*step (\d+)/s.exec(training.output())?.[1] ?? -1);
  while (reached() < STEPS / 2) {
    assert.ok(Date.now() < limit, training.output());
    await sleep(5);
  }
  const surely = reached();
  await sleep(300); // by then that is in the journal
  training.child.kill("SIGKILL");
  await training.ended;
  await sync(folder);
  assert.match(await sync(folder), "complete");
  assert.ok(requireSteps(await readTrained(server, training.output())) > surely);
});

peer("is whole after a run without its server and acc sync", async ({ server }) => {
  await server.kill();
  const { folder } = new Recording();
  const training = train(folder, server.url);
  assert.is(await training.ended, 0, training.output());
  assert.match(training.output(), /acc sync/);
  await server.start();
  await sync(folder);
  assert.is(requireSteps(await readTrained(server, training.output())), STEPS);
});

test.run();
