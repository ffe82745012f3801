/** A script sees of itself under `acc launch` what it sees under `node`. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { suite } from "@acc/test-kit/suite";
import * as assert from "uvu/assert";

const test = suite("main modules");
const ACC = fileURLToPath(new URL("../../bin/acc.mjs", import.meta.url));
const REGISTER = new URL("../../src/register-ts.mjs", import.meta.url).href;
const TIMEOUT_MS = 60_000;

/** The last line that a command prints. */
function lastLine(args: readonly string[]): string | undefined {
  const { stdout, stderr, status } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    timeout: TIMEOUT_MS,
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  assert.is(status, 0, stderr);
  return stdout.trimEnd().split("\n").at(-1);
}

for (const [index, name] of [
  "main-module.cjs",
  "main-module.cts",
  "main-module.mjs",
  "untyped/main-module.js",
].entries()) {
  const numProcesses = index === 0 ? 2 : 1;
  const register = index < 2 ? test : test.slow;
  register(`${name} is the main module in a replica as under node, of ${numProcesses}`, () => {
    const script = fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
    const args = ["--epochs", "3"];
    // Only where it is needed: with any --import, Node.js 22 cannot run a .cts file that requires an ES module.
    const { typescript } = process.features as { typescript?: unknown };
    const needsTypes = name.endsWith(".cts") && !typescript;
    const preload = needsTypes ? ["--import", REGISTER] : [];
    const expected = lastLine([...preload, script, ...args]);
    assert.match(expected ?? "", '"argv"');
    assert.is(
      lastLine([ACC, "launch", `--num-processes=${numProcesses}`, script, ...args]),
      expected,
    );
  });
}

test.run();
