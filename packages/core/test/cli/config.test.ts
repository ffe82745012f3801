import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "@acc/test-kit/suite";
import * as assert from "uvu/assert";
import { runAcc } from "./run-acc.ts";

const test = suite("acc config");
const fixture = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const COUNT = fixture("./fixtures/count.mjs");
let home = "";
let usual = "";
const env = () => ({ XDG_CONFIG_HOME: home });

test.before.each(() => {
  home = mkdtempSync(join(tmpdir(), "acc-home-"));
  usual = join(home, "acc", "default_config.yaml");
});
test.after.each(() => rmSync(home, { recursive: true, force: true }));

test("config default writes a file that acc launch reads, and never a second time", async () => {
  const first = await runAcc(["config", "default", "--num-processes", "3"], { env: env() });
  assert.is(first.code, 0, first.stderr);
  const text = readFileSync(usual, "utf8");
  const one = await runAcc(["launch", COUNT], { env: env() });
  assert.is(one.stdout, "3 replicas\n", one.stderr);
  const second = await runAcc(["config", "default"], { env: env() });
  assert.is(second.code, 1);
  assert.match(second.stderr, "is there already and stays as it is");
  assert.is(readFileSync(usual, "utf8"), text);
});

test("the command line goes before the file that is named, and that before the usual one", async () => {
  const named = join(home, "two.yaml");
  writeFileSync(named, "num_processes: 2\n");
  await runAcc(["config", "default", "--num-processes", "3"], { env: env() });
  const count = async (...args: string[]) =>
    (await runAcc(["launch", ...args, COUNT], { env: env() })).stdout;
  assert.is(await count("--config_file", named), "2 replicas\n");
  assert.is(await count("--config-file", named, "--num-processes", "1"), "1 replicas\n");
});

test.slow(
  "a file of accelerate config starts its replicas and names once what cannot be had",
  async () => {
    const file = fixture("../config/fixtures/accelerate-gpus.yaml");
    for (const [more, replicas] of [
      [["--num-processes", "1"], 1],
      [["--max-restarts", "1"], 3],
    ] as const) {
      const args = ["launch", ...more, "--config-file", file, COUNT];
      const { code, stdout, stderr } = await runAcc(args, { env: env() });
      assert.is(code, 0, stderr);
      assert.is(stdout, `${replicas} replicas\n`);
      assert.is(
        stderr,
        `Warning: acc launch: replicas on the threads of one process leave out what ${file} asks for: ` +
          "distributed_type: MULTI_GPU, mixed_precision: bf16.\n",
      );
    }
  },
);

test("a number of replicas of -1 must be said on the command line", async () => {
  const file = join(home, "open.yaml");
  writeFileSync(file, "num_processes: -1\n");
  const open = await runAcc(["launch", "--config-file", file, COUNT]);
  assert.is(open.code, 2);
  assert.match(open.stderr, "[OPTION_INVALID]");
  assert.match(open.stderr, "Pass --num-processes N");
  const said = await runAcc(["launch", "--config-file", file, "--num-processes=1", COUNT]);
  assert.is(said.stdout, "1 replicas\n");
});

test("a usual file with a fault is told before anything runs", async () => {
  await runAcc(["config", "default", "--num-processes", "2"], { env: env() });
  writeFileSync(usual, "num_proceses: 2\n");
  const { code, stdout, stderr } = await runAcc(["launch", COUNT], { env: env() });
  assert.is(code, 1);
  assert.is(stdout, "");
  assert.match(stderr, `[CONFIG_INVALID] ${usual}: there is no option "num_proceses"`);
});

test("a named file that is missing is an error", async () => {
  const { code, stderr } = await runAcc(["launch", "--config-file", join(home, "no.yaml"), COUNT]);
  assert.is(code, 1);
  assert.match(stderr, "[CONFIG_MISSING]");
});

test("config asks, asks again after a wrong answer, and writes", async () => {
  const input = "two\n0\n2\n\n3\n\nyes\n";
  const { code, stdout, stderr } = await runAcc(["config"], { env: env(), input });
  assert.is(code, 0, stderr);
  assert.match(stdout, `How many replicas shall run? [${availableParallelism()}] `);
  assert.is(stdout.split("Please answer with an integer from 1 to 256.").length, 3);
  const lines = readFileSync(usual, "utf8").split("\n");
  for (const line of ["num_processes: 2", "max_restarts: 3", "debug: true"]) {
    assert.ok(lines.includes(line), line);
  }
  assert.not.ok(
    lines.some((line) => line.startsWith("timeout_ms")),
    "usual answers are not written",
  );
});

test("config that gets too few answers writes nothing", async () => {
  const { code, stderr } = await runAcc(["config"], { env: env(), input: "2\n" });
  assert.is(code, 1);
  assert.match(stderr, "the input ended before the last answer; nothing was written");
  assert.not.ok(existsSync(usual));
});

test("a folder that cannot be made is no file that is there already", async () => {
  const file = join(home, "a-file");
  writeFileSync(file, "");
  const args = ["config", "default", "--config-file", join(file, "below.yaml")];
  const { code, stderr } = await runAcc(args);
  assert.is(code, 1);
  assert.match(stderr, "[CONFIG_INVALID]");
  assert.match(stderr, "could not be written: EEXIST");
});

test("an answer that means the usual one is not written", async () => {
  const { code } = await runAcc(["config"], { env: env(), input: "1\n\n00\n00\nNO\n" });
  assert.is(code, 0);
  assert.not.match(readFileSync(usual, "utf8"), /watchdog_ms|max_restarts/);
  const launched = await runAcc(["launch", COUNT], { env: env() });
  assert.is(launched.stdout, "1 replicas\n", launched.stderr);
});

test("Ctrl-C at a question writes nothing", async () => {
  const { code, stderr } = await runAcc(["config"], {
    env: env(),
    isWaiting: true,
    act: (child, output) => {
      if (output.endsWith("] ") && !child.killed) child.kill("SIGINT");
    },
  });
  assert.is(code, 130, stderr);
  assert.not.ok(existsSync(usual));
});

test("config update keeps what maps and names the rest", async () => {
  const file = join(home, "accelerate.yaml");
  writeFileSync(file, readFileSync(fixture("../config/fixtures/accelerate-gpus.yaml")));
  const { code, stdout } = await runAcc(["config", "update", "--config-file", file]);
  assert.is(code, 0);
  assert.match(stdout, "left out: distributed_type: MULTI_GPU, mixed_precision: bf16.");
  const text = readFileSync(file, "utf8");
  assert.match(text, /^num_processes: 3$/m);
  assert.not.match(text, "bf16");
});

test("config and its subcommands take --help, and no other words", async () => {
  for (const words of [["config"], ["config", "default"], ["config", "update"]]) {
    const help = await runAcc([...words, "--help"]);
    assert.is(help.code, 0);
    assert.match(help.stdout, `Usage: acc ${words.join(" ")} `);
    assert.match(help.stdout, "--config-file FILE");
  }
  const { code, stderr } = await runAcc(["config", "defualt"], { env: env(), input: "" });
  assert.is(code, 2);
  assert.match(stderr, 'unexpected argument "defualt"; it takes none; acc config default');
});

test.run();
