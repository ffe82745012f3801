import { appendFileSync, cpSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TrackerUnreachableError } from "@acc/core/tracker";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { filesOf } from "./golden.ts";
import { Recording, temporary } from "./recording.ts";

const test = suite("DVCLive after a crash");
const artifact = join(temporary(), "weights.bin");
writeFileSync(artifact, "weights");

/** Events of every kind. */
function fill(run: Recording): void {
  const { tracker: live } = run.tracker();
  live.logParams({ lr: 0.1 });
  for (let step = 0; step < 28; step++) {
    const context = { wallTimeMs: 1000 + step, ...(step % 5 === 0 ? { step } : {}) };
    const values = { loss: 1 / (step + 3), [`late${step >> 3}`]: step, "a//b": step, "a/b": -step };
    const timed = { ...context, options: { timestamp: true } };
    run.post({ type: "metrics", values, context });
    if (step % 3 === 0) run.post({ type: "metrics", values: { timed: step }, context: timed });
    if (step % 4 === 0) live.logMetric("pending", step);
    if (step % 9 === 0) {
      run.post({
        type: "images",
        values: { i: { data: new Uint8Array(4), shape: [2, 2] } },
        context,
      });
      live.logPlot("p", [{ x: step, y: 1 }], { x: "x", y: "y" });
      live.logArtifact(artifact, { type: "model" });
      live.logParam(`p${step}`, step);
    }
  }
}

function requireSame(made: Map<string, string>, expected: Map<string, string>, when: string): void {
  assert.equal([...made.keys()], [...expected.keys()], when);
  for (const [path, content] of expected) assert.is(made.get(path), content, `${when}: ${path}`);
}

async function undisturbed(): Promise<Map<string, string>> {
  const run = new Recording();
  fill(run);
  const tracker = run.tracker();
  await run.deliver(tracker);
  await tracker.finish();
  return filesOf(run.folder);
}

test("another process that goes on from any saved state ends with the same files", async () => {
  const expected = await undisturbed();
  for (let seed = 1; seed <= 6; seed++) {
    const run = new Recording();
    fill(run);
    let random = seed;
    const next = (below: number): number => {
      random = (random * 48271) % 2147483647;
      return random % below;
    };
    let at = 0;
    while (at < run.events.length) {
      const tracker = run.tracker(); // the last one was killed
      const known = structuredClone(run.state);
      const count = 1 + next(9);
      await tracker.deliver(structuredClone(run.events.slice(at, at + count)));
      if (next(3) === 0) {
        // Killed before the hub saved: what was written stands in the files, the state is the old one.
        run.state ??= known;
        continue;
      }
      run.state = structuredClone(tracker.state());
      at += count;
      // Killed in the middle of the next delivery's first write.
      const loss = join(run.folder, "dvclive/plots/metrics/loss.tsv");
      if (next(2) === 0) appendFileSync(loss, "17\t0.1");
    }
    await run.tracker().finish();
    await run.tracker().finish();
    requireSame(filesOf(run.folder), expected, `seed ${seed}`);
  }
});

test("goes on where the folders were moved to", async () => {
  const run = new Recording();
  fill(run);
  await run.deliver(run.tracker(), { to: 20 });
  const moved = new Recording(`${run.folder}-moved`);
  rmSync(moved.folder, { recursive: true });
  renameSync(run.folder, moved.folder);
  moved.state = run.state;
  const tracker = moved.tracker();
  await tracker.deliver(structuredClone(run.events.slice(20)));
  await tracker.finish();
  requireSame(filesOf(moved.folder), await undisturbed(), "moved");
});

test("does not mix its rows into another run of the same folder, and says what to do", async () => {
  const run = new Recording();
  fill(run);
  await run.deliver(run.tracker(), { to: 20 });
  const copy = temporary();
  cpSync(run.folder, copy, { recursive: true });
  const other = new Recording(run.folder);
  fill(other);
  other.events.reverse();
  await other.deliver(other.tracker());
  const before = filesOf(run.folder);
  const error = await run.deliver(run.tracker()).catch((reason: unknown) => reason);
  assert.instance(error, TrackerUnreachableError);
  assert.ok((error as TrackerUnreachableError).permanent);
  assert.match((error as Error).message, /no longer what this run wrote.*option dir/);
  assert.equal(filesOf(run.folder), before);
});

test.run();
