import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { listen } from "@acc/test-kit/servers/listen";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("acc ui");
const ACC = fileURLToPath(import.meta.resolve("@acc/core/package.json")).replace(
  /package\.json$/,
  "bin/acc.mjs",
);
const LIMIT_MS = 30_000;
const folder = mkdtempSync(join(tmpdir(), "acc-ui-cli-"));

test.after(() => rmSync(folder, { recursive: true, force: true }));

type Started = { readonly child: ChildProcess; output(): string };

/** Runs the command in a package of the workspace, where `@acc/ui` is installed. */
function acc(args: readonly string[], env: Record<string, string> = {}): Started {
  const cwd = fileURLToPath(new URL("../..", import.meta.url));
  const options = { cwd, timeout: LIMIT_MS, env: { ...process.env, NODE_OPTIONS: "", ...env } };
  const child = spawn(process.execPath, [ACC, "ui", ...args], options);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (part) => {
      output += part;
    });
  }
  return { child, output: () => output };
}

async function until(started: Started, pattern: RegExp): Promise<RegExpExecArray> {
  const signal = AbortSignal.timeout(LIMIT_MS);
  for (;;) {
    const found = pattern.exec(started.output());
    if (found) return found;
    if (started.child.exitCode !== null) throw new Error(started.output());
    await once(started.child.stdout as NodeJS.ReadableStream as never, "data", { signal });
  }
}

test("prints one address with its token, answers there, and ends with Ctrl-C", async () => {
  const env = { SSH_CONNECTION: "1 2 3 4" };
  const started = acc([folder, "--port", "0", "--host-name", "box.example"], env);
  const [, port, token = ""] = await until(
    started,
    /http:\/\/127\.0\.0\.1:(\d+)\/#token=(\w{32})\n/,
  );
  const headers = { "x-acc-token": token };
  const runs = await fetch(`http://127.0.0.1:${port}/api/runs`, { headers });
  assert.is(runs.status, 200);
  assert.equal(((await runs.json()) as { runs: unknown[] }).runs, []);
  assert.is((await fetch(`http://127.0.0.1:${port}/api/runs`)).status, 401);
  assert.match((await until(started, /ssh .*\n/))[0], `ssh -L ${port}:127.0.0.1:${port}`);
  started.child.kill("SIGINT");
  const [code] = await once(started.child, "close");
  assert.is(code, 0, started.output());
});

test("a port that is taken, and options without meaning, are said", async () => {
  const other = createServer();
  const port = await listen(other);
  try {
    for (const [args, words] of [
      [["--port", String(port)], `port ${port} is taken`],
      [["--port", "1.5"], "--port must be"],
      [["--token", "short"], "at least 16"],
      [["--host-name", "a b"], "--host-name needs a name"],
      [["--memory", "0"], "memory"],
    ] as const) {
      const started = acc([folder, ...args]);
      const [code] = await once(started.child, "close");
      assert.is(code, 2, started.output());
      assert.match(started.output(), words);
    }
  } finally {
    other.close();
  }
});

test.run();
