import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { filesOf } from "./golden.ts";
import { temporary } from "./recording.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const acc = here("../../../core/bin/acc.mjs");
const script = here("fixtures/train.ts");
const TIMEOUT_MS = 60_000;

function start(folder: string, ...args: string[]) {
  const child = spawn(process.execPath, args, {
    cwd: folder,
    timeout: TIMEOUT_MS,
    killSignal: "SIGKILL",
    env: { ...process.env, DVCLIVE_RESUME: "" },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, output }));
  return { child, ended };
}

const node = (...args: string[]): string[] => [...process.execArgv, ...args];
const read = (folder: string, path: string): string =>
  readFileSync(join(folder, "dvclive", path), "utf8");

const WAYS = {
  "by itself": node(script, "end"),
  "launched in two replicas": [acc, "launch", "--num-processes", "2", script, "end"],
} as const;

export function testWholeRun(test: Test, how: keyof typeof WAYS): void {
  test(`a script run ${how} leaves the whole run`, async () => {
    const folder = temporary();
    const { code, output } = await start(folder, ...WAYS[how]).ended;
    assert.is(code, 0, output);
    assert.not.match(output, /Warning/);
    const rows = [0, 1, 2, 3, 4].map((step) => `${step}\t${1 / (step + 3)}\n`);
    assert.is(read(folder, "plots/metrics/loss.tsv"), `step\tloss\n${rows.join("")}`);
    assert.is(read(folder, "params.yaml"), "lr: 0.1\nseed: 42\n");
    assert.is(read(folder, "artifacts/weights.bin"), "weights");
    assert.is(read(folder, "artifacts/again.bin"), "weights");
    assert.match(read(folder, "plots/custom/worst/5.json"), /"loss": 0\.5/);
    assert.match(read(folder, "plots/metrics/by/hand.tsv"), /^step\thand\n\d+\t7\n$/);
    const metrics = JSON.parse(read(folder, "metrics.json"));
    assert.equal([metrics.quiet, metrics.by], [1, { hand: 7 }]);
    const files = [...filesOf(join(folder, "dvclive")).keys()];
    for (const image of ["seen/5.png", "own.png"]) {
      assert.ok(files.includes(`plots/images/${image}`), files.join());
    }
    assert.not.ok(files.includes("plots/metrics/quiet.tsv"), files.join());
  });
}

/** Tests a process that is killed so long after its first values. */
export function testKill(test: Test, delay: number): void {
  test(`kill -9 after ${delay} ms, then acc sync: every row once, and the files whole`, async () => {
    const folder = temporary();
    const { child, ended } = start(folder, ...node(script, "forever"));
    await Promise.race([once(child.stdout, "data"), ended]);
    await new Promise((resolve) => setTimeout(resolve, delay));
    child.kill("SIGKILL");
    const killed = await ended;
    assert.is(killed.code, null, killed.output);
    // From elsewhere: the run knows where its files are.
    for (const _time of ["first", "again"]) {
      const sync = await start(temporary(), acc, "sync", join(folder, "runs")).ended;
      assert.is(sync.code, 0, sync.output);
    }
    const lines = read(folder, "plots/metrics/loss.tsv").trimEnd().split("\n").slice(1);
    assert.ok(lines.length > 1);
    const rows = lines.map((_, step) => `${step}\t${1 / (step + 3)}`);
    assert.equal(lines, rows);
    const { step, loss } = JSON.parse(read(folder, "metrics.json"));
    assert.equal([step, loss], [lines.length - 1, 1 / (lines.length + 2)]);
    assert.is(read(folder, "params.yaml"), "lr: 0.1\n");
    const stray = [...filesOf(folder).keys()].filter((path) => path.endsWith(".tmp"));
    assert.equal(stray, []);
  });
}
