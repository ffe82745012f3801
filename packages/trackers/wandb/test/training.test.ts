import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { stopAfter } from "./fixtures/stop-after.ts";
import { type Stub, type StubRun, startStub } from "./fixtures/vectors/stub.mjs";
import { looseParse, offlineFolder, readOfflineRun } from "./read-run.ts";

const test = suite("W&B through the accelerator");
const KEY = "a".repeat(40);
const script = fileURLToPath(new URL("fixtures/train.ts", import.meta.url));
const acc = fileURLToPath(new URL("../../../core/bin/acc.mjs", import.meta.url));
const preload = new URL("../../../core/src/register-ts.mjs", import.meta.url).href;

async function run(args: string[], env: Record<string, string>) {
  const clean = Object.entries(process.env).filter(([name]) => !name.startsWith("WANDB_"));
  const child = spawn(process.execPath, args, {
    env: { ...Object.fromEntries(clean), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (output += text));
  const code = await stopAfter(child, 90_000);
  return { code, output };
}

const train = (dir: string, end: "end" | "kill", env: Record<string, string>) =>
  run(["--import", preload, script, dir, end], env);
const online = (url: string) => ({ WANDB_BASE_URL: url, WANDB_API_KEY: KEY, WANDB_RUN_ID: "run1" });

function requireWhole(stub: Stub, exitCode: number): void {
  const { "acc/proj/run1": run, ...others } = stub.state.runs;
  assert.equal(others, {});
  const { history, offsetErrors, complete, exitcode, config, summary } = run as StubRun;
  const rows = history.map((line) => looseParse(line) as Record<string, unknown>);
  assert.equal(
    rows.map(({ _step, loss, train }) => [_step, loss, train]),
    [
      ...Array.from({ length: 60 }, (_, step) => [step, step / 4, { step }]),
      [60, undefined, undefined],
    ],
  );
  const last = rows.at(-1) as Record<string, { _type: string }>;
  assert.equal(
    ["sample", "errors", "weights"].map((key) => last[key]?._type),
    ["image-file", "table-file", "histogram"],
  );
  assert.equal([offsetErrors, complete, exitcode], [[], true, exitCode]);
  assert.equal(config.layers, { value: [64, 10] });
  assert.is((looseParse(summary ?? "{}") as { best: number }).best, 0.125);
  const artifacts = Object.values(stub.state.artifacts).map(
    ({ artifactCollectionName, state }) => `${artifactCollectionName} ${state}`,
  );
  assert.equal(artifacts.sort(), ["notes COMMITTED", "run-run1-errors COMMITTED"]);
}

async function withStub(use: (stub: Stub) => Promise<void>, port = 0): Promise<number> {
  const stub = await startStub({ port });
  try {
    await use(stub);
  } finally {
    await stub.close();
  }
  return stub.port;
}

const temporary = () => mkdtempSync(join(tmpdir(), "acc-wandb-"));

test("a training script records everything", async () => {
  await withStub(async (stub) => {
    const { code, output } = await train(temporary(), "end", online(stub.url));
    assert.is(code, 0, output);
    requireWhole(stub, 0);
  });
});

test("without a key the run waits on disk, and acc sync delivers it once", async () => {
  const dir = temporary();
  await withStub(async (stub) => {
    const { WANDB_API_KEY, ...withoutKey } = online(stub.url);
    const { code, output } = await train(dir, "end", { ...withoutKey, HOME: dir });
    assert.is(code, 0, output);
    assert.match(output, "acc sync");
    assert.equal(stub.state.runs, {});
    // The key is all that sync needs: the rest was decided when the run began.
    for (let times = 0; times < 2; times++) {
      const sync = await run([acc, "sync", dir], { WANDB_API_KEY });
      assert.is(sync.code, 0, sync.output);
    }
    requireWhole(stub, 0);
  });
});

test("a process that is killed loses nothing that was logged, and acc sync ends its run", async () => {
  const dir = temporary();
  await withStub(async (stub) => {
    const { code, output } = await train(dir, "kill", online(stub.url));
    assert.is(code, null, output);
    const sync = await run([acc, "sync", dir], { WANDB_API_KEY: KEY });
    assert.is(sync.code, 0, sync.output);
    requireWhole(stub, 1);
  });
});

test("killed at any moment: every row once, at most the last ones missing", async () => {
  await withStub(async (stub) => {
    for (let kill = 0; kill < 5; kill++) {
      const dir = temporary();
      const id = `kill-${kill}`;
      const { said, killedMs } = await killWhileLogging(dir, {
        ...online(stub.url),
        WANDB_RUN_ID: id,
      });
      const sync = await run([acc, "sync", dir], { WANDB_API_KEY: KEY });
      assert.is(sync.code, 0, sync.output);
      const { history, offsetErrors, complete, exitcode } = stub.state.runs[
        `acc/proj/${id}`
      ] as StubRun;
      const steps = history.map((line) => (looseParse(line) as { _step: number })._step);
      assert.equal(steps, [...steps.keys()], "a row is missing or there twice");
      assert.equal([offsetErrors, complete, exitcode], [[], true, 1]);
      // The journal promises all but the last 100 ms; a busy machine gets ten times that.
      const safe = said.filter(([ms]) => ms < killedMs - 1000).length;
      assert.ok(steps.length >= safe, `${steps.length} rows of ${safe}`);
    }
  });
});

/** Kills the process up to 1.5 s after its first row, at a moment of chance. */
async function killWhileLogging(dir: string, env: Record<string, string>) {
  const steady = fileURLToPath(new URL("fixtures/steady.ts", import.meta.url));
  const clean = Object.entries(process.env).filter(([name]) => !name.startsWith("WANDB_"));
  const child = spawn(process.execPath, ["--import", preload, steady, dir], {
    env: { ...Object.fromEntries(clean), ...env },
    stdio: ["ignore", "pipe", "ignore"],
  });
  let output = "";
  let killedMs = 0;
  child.stdout.setEncoding("utf8").on("data", (text) => (output += text));
  child.stdout.once("data", () => {
    setTimeout(() => {
      killedMs = Date.now();
      child.kill("SIGKILL");
    }, Math.random() * 1500);
  });
  await stopAfter(child, 60_000);
  const said = [...output.matchAll(/^(\d{13}) (\d+)$/gm)].map(([, ms, step]) => [
    Number(ms),
    Number(step),
  ]);
  return { said: said as [number, number][], killedMs };
}

test("an offline run of a process that is killed is whole after acc sync", async () => {
  for (const end of ["end", "kill"] as const) {
    const dir = temporary();
    await train(dir, end, { WANDB_MODE: "offline", WANDB_DIR: dir });
    const sync = await run([acc, "sync", dir], {});
    assert.is(sync.code, 0, sync.output);
    const contents = readOfflineRun(offlineFolder(dir));
    assert.equal(
      contents.history.map(({ _step }) => _step),
      Array.from({ length: 61 }, (_, step) => step),
    );
    assert.equal([contents.exitCode, contents.artifacts], [end === "end" ? 0 : 1, 2]);
    assert.is(contents.summary.best, 0.125);
    assert.is(readdirSync(join(offlineFolder(dir), "artifacts")).length, 2);
  }
});

test.run();
