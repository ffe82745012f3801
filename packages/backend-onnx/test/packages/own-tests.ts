/** Runs the tests that packages of others bring along, unchanged, on one of our backends. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tfjsPackagesFolder } from "@acc/test-kit/peers/tfjs-packages";
import * as assert from "uvu/assert";

const TIMEOUT_MS = 220_000;
/** Tests of scikitjs that need no download: 298 of 341. */
const LEAST_PASSED = 298;
const DOWNLOAD_FAILED = /ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|fetch failed|Timeout of/;
const here = (path: string) => fileURLToPath(new URL(`./fixtures/${path}`, import.meta.url));

type MochaReport = {
  readonly stats: { readonly passes: number };
  readonly failures: readonly { readonly fullTitle: string; readonly err: { message?: string } }[];
};

/** Whether the packages are installed on this machine; if not, the installer said why. */
export const hasPackages: boolean = tfjsPackagesFolder() !== undefined;

const folder = tfjsPackagesFolder() ?? "";

/** Fails unless the tests of scikitjs pass, without those that need a download that fails. */
export function checkScikit(backend: "onnx" | "wasm"): void {
  const reports = mkdtempSync(join(tmpdir(), "acc-mocha-"));
  const report = join(reports, "report.json");
  try {
    const files = filesIn(join(folder, "node_modules/scikitjs/src"), ".test.ts");
    const { output } = node(backend, [
      ...["node_modules/mocha/bin/_mocha", "--require", here("mocha-setup.cjs"), "--exit"],
      ...["--timeout", "120000", "--reporter", "json", "--reporter-option", `output=${report}`],
      ...files.filter((file) => !file.endsWith("index.test.ts")), // imports the others
    ]);
    const { stats, failures } = read(report, output);
    const faults = failures.filter(({ err }) => !DOWNLOAD_FAILED.test(err.message ?? ""));
    assert.equal(
      faults.map(({ fullTitle, err }) => `${fullTitle}: ${err.message}`),
      [],
    );
    assert.ok(stats.passes >= LEAST_PASSED, `${stats.passes} passed`);
    console.log(`scikitjs: ${stats.passes} passed, ${failures.length} could not download`);
  } finally {
    rmSync(reports, { recursive: true });
  }
}

/** Fails unless the tests of hidden-markov-model-tf pass. */
export function checkHiddenMarkovModel(backend: "onnx" | "wasm"): void {
  const files = filesIn(join(folder, "node_modules/hidden-markov-model-tf/test"), ".test.js");
  assert.is(files.length, 9);
  for (const file of files) {
    const { status, output } = node(backend, ["--require", here("tap-setup.cjs"), file]);
    assert.is(status, 0, `${file}: ${output}`);
    assert.match(output, /^ok 1 - /m);
  }
}

function node(backend: string, args: string[]): { status: number | null; output: string } {
  const preload = ["--random-seed=1", "--import", here("use-backend.mjs")];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...preload, ...args], {
    cwd: folder,
    timeout: TIMEOUT_MS,
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: "", ACC_TEST_BACKEND: backend, ACC_ONNX_THREADS: "1" },
  });
  return { status, output: `${stdout}\n${stderr}`.slice(-4000) };
}

function read(report: string, output: string): MochaReport {
  try {
    return JSON.parse(readFileSync(report, "utf8")) as MochaReport;
  } catch (cause) {
    throw new Error(`mocha wrote no report: ${output}`, { cause });
  }
}

function filesIn(folder: string, suffix: string): string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return paths.filter((path) => path.endsWith(suffix)).map((path) => join(folder, path));
}
