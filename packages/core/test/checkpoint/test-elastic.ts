import { cpSync, existsSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { type Finished, ServiceProject } from "../journal/service-project.ts";

const CORE = fileURLToPath(new URL("../..", import.meta.url));
const ACC = join(CORE, "bin/acc.mjs");
const FIXTURES = fileURLToPath(new URL("fixtures", import.meta.url));
const STEPS = 6 * 8;
const TRACKERS = ["lines", "cut_lines"] as const;
/** Between two steps, so that a kill hits the training. */
const PAUSE_MS = 15;

/** A life of the run: on so many replicas, killed when its trackers have so many values; to its end without. */
export type Life = readonly [numProcesses: number, killedAt?: number];

/**
 * Tests that a run which lives on different numbers of replicas, each life ended by `kill -9`, sees the samples of one that
 * nobody interrupts, step by step, and that trackers of the user have each value once.
 */
export function testElastic(test: Test, lives: readonly Life[]): void {
  test(`killed and resumed on ${lives.map(([count]) => count).join(", ")} replicas: each value once`, async () => {
    const expected = await undisturbed();
    assert.is(expected.length, STEPS);
    const run = new Elastic();
    for (const life of lives) {
      const { code, signal, stderr, stdout } = await run.live(life, PAUSE_MS);
      if (life[1] === undefined) assert.is(code, 0, stderr);
      else assert.is(signal, "SIGKILL", stdout + stderr);
      assert.not.match(stderr, "does not repeat itself");
      assert.not.match(stderr, "begin a new run");
    }
    for (const tracker of TRACKERS)
      assert.fixture(textOf(run.valuesOf(tracker)), textOf(expected), tracker);
  });
}

let whole: Promise<number[][]> | undefined;

/** What a run logs that nobody interrupts; it is the same on any number of replicas. */
function undisturbed(): Promise<number[][]> {
  whole ??= (async () => {
    const run = new Elastic();
    await run.live([1], 0);
    return run.valuesOf("lines");
  })();
  return whole;
}

class Elastic {
  readonly #project = new ServiceProject();

  constructor() {
    const { folder } = this.#project;
    for (const name of ["elastic.mjs", "line-trackers.mjs"])
      cpSync(join(FIXTURES, name), join(folder, name));
    symlinkSync(join(CORE, "node_modules/@tensorflow"), join(folder, "node_modules/@tensorflow"));
  }

  async live([numProcesses, killedAt]: Life, pauseMs: number): Promise<Finished> {
    const options = ["launch", "--num-processes", String(numProcesses), "elastic.mjs"];
    const { child, finished } = this.#project.start([ACC, ...options, "runs", String(pauseMs)]);
    if (killedAt !== undefined) {
      const isAlive = (): boolean => child.exitCode === null && child.signalCode === null;
      while (isAlive() && this.#linesOf("lines").length < killedAt) await pause(2);
      await pause((killedAt * 7) % 23); // anywhere between two checkpoints
      child.kill("SIGKILL");
    }
    return await finished;
  }

  #linesOf(tracker: string): string[] {
    const path = join(this.#project.folder, "runs", `${tracker}.txt`);
    return existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : [];
  }

  /** Step and value of each line, by step. */
  valuesOf(tracker: string): number[][] {
    const values = this.#linesOf(tracker).map((line) => line.split(" ").slice(0, 2).map(Number));
    return values.sort(([a = 0], [b = 0]) => a - b);
  }
}

function textOf(values: readonly (readonly number[])[]): string {
  return values.map((one) => one.join(" ")).join("\n");
}
