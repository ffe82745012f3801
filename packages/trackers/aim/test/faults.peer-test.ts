import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { TrackerUnreachableError } from "@acc/core/tracker";
import {
  AimServer,
  aimFolder,
  python,
  type ReadRun,
  readRepo,
} from "@acc/test-kit/servers/aim-server";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createTracker, deliver, metrics, Recording } from "./recording.ts";

const test = suite("Aim when something dies");
const peer = python ? test : test.skip;
const DELIVER = fileURLToPath(new URL("fixtures/deliver.ts", import.meta.url));
const PRELOAD = new URL("../../../core/src/register-ts.mjs", import.meta.url).href;
const COUNT = 400;
const LIMIT_MS = 120_000;
const withAim = { ...process.env, PATH: `${aimFolder}${delimiter}${process.env.PATH}` };

type Delivery = { child: ChildProcess; output: () => string; ended: Promise<number | null> };

function startDelivery(args: readonly string[]): Delivery {
  const child = spawn(process.execPath, ["--import", PRELOAD, DELIVER, ...args], {
    env: withAim,
    timeout: LIMIT_MS,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => (output += chunk));
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  return { child, output: () => output, ended };
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const limit = Date.now() + LIMIT_MS;
  while (!holds()) {
    if (Date.now() > limit) throw new Error(`waited in vain for ${what}`);
    await sleep(20);
  }
}

/** What an undisturbed delivery of `COUNT` events leaves. */
function requireWhole(run: ReadRun | undefined): void {
  assert.ok(run);
  assert.is(run.active, false);
  assert.equal(run.params, { hparams: { lr: 0.5 } });
  const indexes = Array.from({ length: COUNT - 1 }, (_, index) => index + 1);
  const points = (name: string) =>
    run.sequences
      .find((sequence) => sequence.name === name)
      ?.points.map(({ step, value, time }) => [step, plain(value), time]);
  const timeOf = (index: number) => 1_795_480_634 + index;
  assert.equal(
    points("loss"),
    indexes.map((index, step) => [step, index, timeOf(index)]),
  );
  const others = indexes.filter((index) => index % 5 !== 0);
  assert.equal(
    points("other"),
    others.map((index, step) => [step, -index, timeOf(index)]),
  );
  const notes = indexes.filter((index) => index % 5 === 0);
  assert.equal(
    points("note"),
    notes.map((index, step) => [step, `text ${index}`, timeOf(index)]),
  );
  const loss = run.sequences.find((sequence) => sequence.name === "loss")?.info ?? {};
  const { last_step, first, last, min, max } = loss as { [key: string]: number };
  assert.equal(
    [last_step, ...[first, last, min, max].map(plain)],
    [COUNT - 2, 1, COUNT - 1, 1, COUNT - 1],
  );
}

function plain(value: unknown): unknown {
  const { $float, "$aim.text": text } = value as {
    $float?: string;
    "$aim.text"?: { data: { $blob: string } };
  };
  return $float === undefined ? text?.data.$blob : Number($float);
}

peer("has every value once after kill -9 at random moments", async () => {
  const server = await AimServer.start();
  const { id, folder } = new Recording();
  const args = [
    join(folder, "state.json"),
    id,
    String(COUNT),
    JSON.stringify({ repo: server.url }),
  ];
  try {
    let kills = 0;
    for (let last = ""; !last.includes("finished"); ) {
      const delivery = startDelivery(args);
      const isLate = kills >= 5; // by then it may have ended
      if (!isLate) {
        // From before the run exists to somewhere between two portions.
        await until("output", () => kills < 2 || delivery.output() !== "");
        await sleep(Math.random() * (kills < 2 ? 1500 : 150));
        delivery.child.kill("SIGKILL");
        kills += 1;
      }
      await delivery.ended;
      last = delivery.output();
      if (isLate) assert.match(last, "finished");
    }
    const [read] = await readRepo(server.repo);
    requireWhole(read);
  } finally {
    await server.kill();
  }
});

peer("has every value once after kill -9 of the server", async () => {
  const server = await AimServer.start();
  const { id, folder } = new Recording();
  const args = [
    join(folder, "state.json"),
    id,
    String(COUNT),
    JSON.stringify({ repo: server.url }),
  ];
  const delivery = startDelivery(args);
  try {
    for (const mark of [50, 200]) {
      await until(`event ${mark}`, () => delivered(delivery) >= mark);
      await server.kill();
      await sleep(100);
      await server.start();
    }
    assert.is(await delivery.ended, 0, delivery.output());
    assert.match(delivery.output(), /failed: TrackerUnreachableError: Aim/);
    const [read] = await readRepo(server.repo);
    requireWhole(read);
  } finally {
    delivery.child.kill("SIGKILL");
    await server.kill();
  }
});

peer("runs a server for a repository in a folder, which ends with the process", async () => {
  const repo = join(mkdtempSync(join(tmpdir(), "acc-aim-repo-")), "made", "here");
  const { id, folder } = new Recording();
  const args = [join(folder, "state.json"), id, String(COUNT), JSON.stringify({ repo })];
  const killed = startDelivery(args);
  await until("delivery", () => delivered(killed) > 50);
  assert.is(serversOf(repo), true);
  killed.child.kill("SIGKILL");
  await until("the end of the server", () => !serversOf(repo));
  const delivery = startDelivery(args);
  assert.is(await delivery.ended, 0, delivery.output());
  assert.is(serversOf(repo), false);
  const [read] = await readRepo(repo);
  requireWhole(read);
});

peer("without Aim on PATH says how to get it, and for good", async () => {
  const run = new Recording();
  const { PATH } = process.env;
  process.env.PATH = run.folder;
  try {
    const tracker = createTracker(run, {}, join(run.folder, "runs"));
    for (const attempt of [
      () => deliver(tracker, run, [metrics({ a: 1 })]),
      () => tracker.finish("success"),
    ]) {
      const error = await attempt().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      assert.instance(error, TrackerUnreachableError);
      assert.is((error as TrackerUnreachableError).permanent, true);
      assert.match((error as Error).message, /Aim is not installed.*pip install aim/);
    }
    assert.is(existsSync(join(run.folder, "runs")), false);
  } finally {
    process.env.PATH = PATH;
  }
});

function delivered({ output }: Delivery): number {
  return Number(/.*delivered (\d+)/s.exec(output())?.[1] ?? 0);
}

function serversOf(repo: string): boolean {
  return execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })
    .split("\n")
    .some((line) => line.includes("server") && line.includes(repo));
}

test.run();
