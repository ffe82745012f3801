import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("acc");
const ACC = fileURLToPath(new URL("../../bin/acc.mjs", import.meta.url));
const TIMEOUT_MS = 120_000;
const fixture = (name: string) =>
  fileURLToPath(new URL(`../launch/fixtures/${name}`, import.meta.url));

type Result = { code: number | null; stdout: string; stderr: string };

/** Runs `acc` as a user would: the built package under plain node. */
function acc(
  args: string[],
  act: (child: ChildProcess, output: string) => void = () => {},
): Promise<Result> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [ACC, ...args], {
      timeout: TIMEOUT_MS,
      env: { ...process.env, NODE_OPTIONS: "" },
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
      act(child, stdout);
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

test("runs a TypeScript script on every replica and exits with 0", async () => {
  const { code, stdout, stderr } = await acc([
    "launch",
    "--num-processes",
    "2",
    fixture("chatter.ts"),
  ]);
  assert.is(code, 0, stderr);
  const lines = stdout.trimEnd().split("\n");
  assert.is(lines.length, 2 * 51);
  for (const line of lines) assert.match(line, /^rank [01] (says \d+|ends without a line break)$/);
});

test("exits with 1 and names the replica when one throws", async () => {
  const args = ["launch", "--num-processes", "2", fixture("fail.ts"), "throw", "inside"];
  const { code, stderr } = await acc(args);
  assert.is(code, 1);
  assert.match(stderr, "Replica 1 failed: the failure under test");
  assert.match(stderr, "fail.ts");
});

test("exits with 130 on Ctrl-C", async () => {
  let sent = false;
  const { code } = await acc(
    ["launch", "--num-processes", "2", fixture("patient.ts")],
    (child, output) => {
      if (sent || !output.includes("ready\nready\n")) return;
      sent = true;
      child.kill("SIGINT");
    },
  );
  assert.is(code, 130);
});

test("says what is wrong with its arguments", async () => {
  const missing = await acc(["launch"]);
  assert.is(missing.code, 2);
  assert.match(missing.stderr, "missing SCRIPT");
  const zero = await acc(["launch", "--num-processes", "0", fixture("chatter.ts")]);
  assert.is(zero.code, 2);
  assert.match(zero.stderr, "numProcesses must be an integer");
  const unknown = await acc(["lunch"]);
  assert.is(unknown.code, 2);
  assert.match(unknown.stderr, 'unknown command "lunch"');
});

test("every command takes --help and refuses an option that it does not have", async () => {
  const overview = await acc(["--help"]);
  assert.is(overview.code, 0);
  for (const command of ["launch", "sync", "env"]) {
    assert.match(overview.stdout, new RegExp(`^ {2}${command} +\\S`, "m"));
    for (const flag of command === "launch" ? ["--help", "-h"] : ["--help"]) {
      const help = await acc([command, flag]);
      assert.is(help.code, 0, help.stderr);
      assert.match(help.stdout, `Usage: acc ${command} [options]`);
    }
    const refused = await acc([command, "--frobnicate"]);
    assert.is(refused.code, 2);
    assert.match(refused.stderr, "'--frobnicate'");
  }
});

test("takes underscores and =, and gives what follows the script to the script, options too", async () => {
  const args = ["launch", "--num_processes=1", fixture("arguments.mjs"), "--help", "--a_b=1", "-x"];
  const { code, stdout, stderr } = await acc(args);
  assert.is(code, 0, stderr);
  assert.is(stdout, '["--help","--a_b=1","-x"]\n');
});

test("env shows every backend with its reason, as text and for programs", async () => {
  const { code, stdout, stderr } = await acc(["env"]);
  assert.is(code, 0, stderr);
  assert.match(stdout, `- Node.js: ${process.versions.node}`);
  assert.match(
    stdout,
    /- tensorflow +does not work: @tensorflow\/tfjs-node is not installed\. .*npm install/,
  );
  assert.match(stdout, /- wasm +works; auto takes it\n/);
  const { backends } = JSON.parse((await acc(["env", "--json"])).stdout);
  assert.equal(
    backends.map((backend: { name: string; isAuto: boolean }) => [backend.name, backend.isAuto]),
    [
      ["tensorflow-gpu", false],
      ["tensorflow", false],
      ["onnx", false],
      ["wasm", true],
      ["cpu", false],
    ],
  );
  assert.is((await acc(["env", "--jsno"])).code, 2);
});

test.run();
