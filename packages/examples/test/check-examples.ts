import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { FOLDER } from "./run-in.ts";
import { runInScratch } from "./run-in-scratch.ts";

/** The demo takes a while and is run on its own by the checks of the repository. */
const DEMO = "digits.ts";
/** Those that learn which points lie in a circle. */
const CIRCLE = /^(quick-start|by-feature.*)\.ts$/;
const LEAST_PERCENT = 95;

/** The examples of a folder that the tests run. */
function scriptsIn(folder: Folder): string[] {
  return readdirSync(join(FOLDER, folder))
    .filter((name) => name.endsWith(".ts") && name !== DEMO)
    .map((name) => join(folder, name));
}

type Folder = "" | "by-feature";

/** Runs an example, and asserts that it ended well and learned. */
async function runAndLearn(script: string, numProcesses: number | undefined): Promise<string> {
  const { code, output, stdout } = await runInScratch(script, numProcesses);
  assert.is(code, 0, output);
  if (CIRCLE.test(script)) {
    const [, percent] = /([\d.]+) % of the points right\n*$/.exec(stdout) ?? [];
    assert.ok(Number(percent) > LEAST_PERCENT, stdout);
  }
  return stdout;
}

/**
 * Tests that examples of a folder run, and learn.
 *
 * @param numProcesses undefined for plain `node`.
 * @param scripts default: all of the folder.
 */
export function checkExamples(
  test: Test,
  folder: Folder,
  numProcesses: number | undefined,
  scripts: readonly string[] = scriptsIn(folder),
): void {
  for (const script of scripts) {
    test(`${script} learns`, async () => {
      assert.not.equal(await runAndLearn(script, numProcesses), "");
    });
  }
}

/** Tests that every example of a folder learns, and prints the same twice. */
export function checkRepetition(
  test: Test,
  folder: Folder,
  numProcesses: number | undefined,
): void {
  for (const script of scriptsIn(folder)) {
    test(`${script} prints the same in two runs, on ${numProcesses ?? "the main thread"}`, async () => {
      const first = await runAndLearn(script, numProcesses);
      assert.not.equal(first, "");
      assert.is(await runAndLearn(script, numProcesses), first);
    });
  }
}
