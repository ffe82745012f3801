import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TrackerUnreachableError } from "@acc/core/tracker";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Recording, tsv } from "./recording.ts";

const test = suite("DVCLive: writes that fail");

const onLinux = process.platform === "linux" ? test : test.skip; // which has a device that is full

test("a delivery that fails half-way is repeated whole", async () => {
  const run = new Recording();
  const tracker = run.tracker();
  run.post({ type: "metrics", values: { a: 1 }, context: {} });
  await run.deliver(tracker);
  const file = join(run.folder, "dvclive/plots/metrics/a.tsv");
  const before = readFileSync(file);
  rmSync(file);
  mkdirSync(file);
  run.post({ type: "metrics", values: { b: 3, a: 2 }, context: {} });
  assert.instance(await run.deliver(tracker).catch((reason: unknown) => reason), Error);
  rmSync(file, { recursive: true });
  writeFileSync(file, `${before}1\tunfinished`);
  await run.deliver(tracker);
  assert.is(tsv(run, "a"), "step\ta\n0\t1\n1\t2\n");
  assert.is(tsv(run, "b"), "step\tb\n1\t3\n");
});

onLinux("a full disk delays what was logged, and loses nothing", async () => {
  const run = new Recording();
  const tracker = run.tracker();
  run.post({ type: "metrics", values: { a: 1 }, context: {} });
  await run.deliver(tracker);
  const full = join(run.folder, "dvclive/plots/metrics/b.tsv");
  symlinkSync("/dev/full", full);
  run.post({ type: "metrics", values: { a: 2, b: 3 }, context: {} });
  const error = await run.deliver(tracker).catch((reason: unknown) => reason);
  assert.instance(error, TrackerUnreachableError);
  assert.not.ok((error as TrackerUnreachableError).permanent);
  assert.match((error as Error).message, /ENOSPC/);
  rmSync(full);
  await run.deliver(tracker);
  assert.is(tsv(run, "a"), "step\ta\n0\t1\n1\t2\n");
  assert.is(tsv(run, "b"), "step\tb\n1\t3\n");
});

test.run();
