import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RunLock } from "../../../core/src/journal/run-lock.ts";
import { logged, newFolder, runFolder, writeJournal } from "../index/make-journal.ts";

const test = suite("acc runs of @acc/ui");
const ACC = fileURLToPath(new URL("../../../core/bin/acc.mjs", import.meta.url));
const PACKAGE = fileURLToPath(new URL("../..", import.meta.url));
const LIMIT_MS = 60_000;
const directory = newFolder();
type Result = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** Runs `acc` where `@acc/ui` is installed, or where it is not. */
function acc(args: readonly string[], cwd = directory): Promise<Result> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [ACC, ...args], {
      ...{ cwd, timeout: LIMIT_MS, killSignal: "SIGKILL" },
      env: { ...process.env, NODE_OPTIONS: "" },
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

const A = `a${"0".repeat(31)}`;
const B = `b${"0".repeat(31)}`;

test.before(async () => {
  mkdirSync(join(directory, "node_modules/@acc"), { recursive: true });
  symlinkSync(PACKAGE, join(directory, "node_modules/@acc/ui"));
  const config = (lr: number): object => ({ type: "config", values: { lr, batch: 64 } });
  await writeJournal(
    runFolder(directory, "a"),
    [
      ...[config(0.1), logged({ loss: 2, "test/accuracy": 0.5 }, 0)],
      ...[logged({ loss: Number.NaN }, 1), logged({ loss: 0.25 }, 2)],
      logged({ '=2+5,"x"': 1, "evil\u001b]0;title\u0007\u202e": 3 }, 3),
      { type: "finish", status: "success" },
    ],
    { id: A, projectName: "evil\u001b[2Jproject" },
  );
  await writeJournal(
    runFolder(directory, "b"),
    [config(0.01), logged({ loss: 1 }, 0), { type: "finish", status: "failure" }],
    { id: B, startedMs: 2_000_000 },
  );
});

test("list --values shows what differs and the last values, and obeys filter, columns and sort", async () => {
  const { code, stdout } = await acc(["runs", "list", "--values"]);
  assert.is(code, 0);
  const [header = "", first = "", second = ""] = stdout.split("\n");
  assert.match(header, /^id +started +status +time +lr +loss +test\/accuracy/);
  assert.match(first, /^b0000000 .* failed +0 s +0\.01 +1$/);
  assert.match(second, /^a0000000 .* done +0 s +0\.1 +0\.25 +0\.5/);
  const ids = async (...args: string[]): Promise<string[]> =>
    JSON.parse((await acc(["runs", "list", "--values", "--json", ...args])).stdout).runs.map(
      (run: { id: string }) => run.id,
    );
  assert.equal(await ids("--filter", "loss<0.5"), [A]);
  assert.equal(await ids("--filter", "status:failed"), [B]);
  assert.equal(await ids("--sort", "lr"), [B, A]);
  assert.equal(await ids("--sort=-lr"), [A, B]);
  const columns = await acc(["runs", "list", "--columns", "batch,accuracy"]);
  assert.match(columns.stdout, /^id +started +status +time +batch +test\/accuracy\n/);
  for (const wrong of [
    ["--sort", "nothing"],
    ["--filter", "/(/"],
    ["--columns", "x"],
  ]) {
    const { code, stderr } = await acc(["runs", "list", ...wrong]);
    assert.equal([code, /OPTION_INVALID/.test(stderr)], [2, true], wrong.join(" "));
  }
});

test("show tells one run, and all or some of its values", async () => {
  const { code, stdout } = await acc(["runs", "show", "a0"]);
  assert.is(code, 0);
  assert.match(stdout, /^config\nlr +0\.1\n/m);
  assert.match(stdout, /^loss +0\.25 +0\.25 @2 +2 @0 +3 +1$/m);
  const json = JSON.parse((await acc(["runs", "show", "a", "--json", "--key", "loss"])).stdout);
  assert.equal(json.points, [
    { step: 0, value: 2 },
    { step: 1, value: "NaN" },
    { step: 2, value: 0.25 },
  ]);
  const all = JSON.parse(
    (await acc(["runs", "show", "a", "--json", "--key", "loss", "--all"])).stdout,
  );
  assert.equal(all.points[1], { step: 1, timeMs: 1_000_000, value: "NaN" });
  for (const [args, text] of [
    [["x"], "no run has"],
    [["a", "--key", "nothing"], 'no key "nothing"'],
    [[], "takes an ID"],
    [["a", "--follow"], "need --key"],
  ] as const) {
    const wrong = await acc(["runs", "show", ...args]);
    assert.is(wrong.code, 2);
    assert.match(wrong.stderr, text);
  }
});

test("nothing that a run holds commands the terminal", async () => {
  for (const args of [
    ["list", "--values"],
    ["list", "--values", "--json"],
    ["list", "--columns", "project"],
    ["show", "a"],
    ["show", "a", "--json"],
    ["show", "a", "--key", "evil\u001b]0;title\u0007\u202e"],
    ["show", "a", "--key", "no\u001b[2J"],
  ]) {
    const { stdout, stderr } = await acc(["runs", ...args]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    assert.not.match(stdout + stderr, /[\u0000-\u0009\u000b-\u001f\u202e]/, args.join(" "));
  }
});

test("export writes every value; no cell is a formula", async () => {
  const file = join(directory, "a.csv");
  assert.is((await acc(["runs", "export", "a", "--csv", file])).code, 0);
  const lines = readFileSync(file, "utf8").split("\r\n");
  assert.is(lines[0], "run,key,step,time,value");
  assert.ok(lines.includes(`${A},loss,1,1970-01-01T00:16:40.000Z,NaN`));
  assert.ok(lines.some((line) => line.includes(`,"'=2+5,""x""",3,`)));
  const json = await acc(["runs", "export", "a", "--json", "-", "--keys", "^loss$"]);
  const { run, points } = JSON.parse(json.stdout);
  assert.is(run.id, A);
  assert.equal(points, {
    loss: { steps: [0, 1, 2], timesMs: [1e6, 1e6, 1e6], values: [2, "NaN", 0.25] },
  });
  assert.is((await acc(["runs", "export", "a"])).code, 2);
  assert.is((await acc(["runs", "export", "a", "--csv", "/nothing/x.csv"])).code, 2);
});

test("follow prints values as they come and ends with the run", async () => {
  const live = newFolder();
  const folder = runFolder(live, "live");
  const whole = readFileSync(
    await writeJournal(folder, [
      ...[1, 2, 3].map((loss, step) => logged({ loss }, step)),
      { type: "finish", status: "success" },
    ]),
  );
  const second = whole.lastIndexOf('{"type":"metrics"') - 8;
  writeFileSync(join(folder, "journal"), whole.subarray(0, second));
  const lock = await RunLock.acquire(folder);
  assert.ok(lock instanceof RunLock);
  const following = acc(["runs", "show", "0", live, "--key", "loss", "--follow"]);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  writeFileSync(join(folder, "journal"), whole);
  await lock.release();
  const { code, stdout } = await following;
  assert.is(code, 0);
  assert.equal(
    stdout
      .trim()
      .split("\n")
      .map((line) => line.split(/\s+/).at(-1)),
    ["1", "2", "3"],
  );
});

test("without the package acc says how to install it, and the rest of acc works", async () => {
  const elsewhere = newFolder();
  await writeJournal(runFolder(elsewhere, "a"), [logged({ loss: 1 }, 0)]);
  for (const args of [
    ["ui"],
    ["runs", "show", "0"],
    ["runs", "export", "0"],
    ["runs", "list", "--values"],
  ]) {
    const { code, stderr } = await acc(args, elsewhere);
    assert.is(code, 1);
    assert.match(stderr, /PACKAGE_MISSING.*npm install @acc\/ui/);
  }
  assert.is((await acc(["runs", "list"], elsewhere)).code, 0);
  assert.match((await acc(["--help"], elsewhere)).stdout, /^ {2}ui +shows the runs/m);
  assert.match((await acc(["runs", "--help"], elsewhere)).stdout, /runs show .*\n.*runs export/);
});

test.run();
