import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import { isIn, type Part } from "./parts.ts";
import type { SuiteResult } from "./run-core-tests.ts";

/** Shortly before the runner ends the file: a busy machine is slow. */
const TIMEOUT_MS = 230_000;
/** There are about 4230; fewer mean that they were not found. All of them pass on the cpu backend. */
const LEAST_PASSED = 4000;
const ALL: Part = [0, 1];

async function runCoreTests(args: readonly string[]): Promise<SuiteResult> {
  const script = fileURLToPath(new URL("./run-core-tests.ts", import.meta.url));
  const child = fork(script, args, { stdio: ["ignore", "pipe", "pipe", "ipc"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (text) => (output += text));
  let result: SuiteResult | undefined;
  child.on("message", (message) => {
    result = message as SuiteResult;
  });
  const timer = setTimeout(() => {
    output += `\nKilled: still running after ${TIMEOUT_MS / 1000} s.`;
    child.kill("SIGKILL");
  }, TIMEOUT_MS);
  const [code, signal] = await once(child, "close");
  clearTimeout(timer);
  const ended = `exit code ${code}, signal ${signal}`;
  if (!result)
    throw new Error(`The tests ended without a result: ${ended}.\n${output.slice(-4000)}`);
  return result;
}

/**
 * Checks that all tests of tfjs-core pass on a backend but those that are known to differ, and that those fail.
 *
 * @param expectedDifferences reasons by the names of the tests.
 * @param options `way`: "recorded" lets the onnx backend record all calls, and compute one by one what comes once.
 * `part`: one of several parts of the tests, and their number.
 */
export async function checkCoreTests(
  backend: "onnx" | "wasm",
  expectedDifferences: Readonly<Record<string, string>>,
  { way = "plain", part = ALL }: { way?: "plain" | "recorded"; part?: Part } = {},
): Promise<void> {
  const { passed, failed } = await runCoreTests([backend, way, part.join("/")]);
  const names = Object.keys(failed);
  console.log(`${passed} passed, ${names.length} differ`);
  const unexpected = names.filter((name) => !(name in expectedDifferences));
  const report = unexpected.map((name) => `${name}: ${failed[name]?.join("; ")}`);
  assert.equal(report, [], "failures that no expected difference names");
  const outdated = Object.keys(expectedDifferences).filter(
    (name) => isIn(part, name) && !(name in failed),
  );
  assert.equal(outdated, [], "expected differences that pass, or that no longer exist");
  const [, parts] = part;
  const least = parts === 1 ? LEAST_PASSED : (0.9 * LEAST_PASSED) / parts;
  assert.ok(passed >= least, `only ${passed} passed`);
}
