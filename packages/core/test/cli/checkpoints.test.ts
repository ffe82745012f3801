import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { writeCheckpoint } from "../../src/checkpoint/files/write-checkpoint.ts";
import { FACTS, sampleFiles, scratch } from "../checkpoint/files/samples.ts";

const test = suite("acc checkpoints");
const ACC = fileURLToPath(new URL("../../bin/acc.mjs", import.meta.url));

function acc(args: readonly string[], cwd: string) {
  return spawnSync(process.execPath, [ACC, "checkpoints", ...args], {
    ...{ cwd, timeout: 60_000, encoding: "utf8", env: { ...process.env, NODE_OPTIONS: "" } },
  });
}

/** A project with 4 checkpoints, of which the second is the best. */
async function project(): Promise<string> {
  const folder = scratch();
  for (const [iteration, loss] of [3, 1, 2, Number.NaN].entries()) {
    const facts = { ...FACTS, iteration, steps: 10 * iteration, metrics: { loss } };
    await writeCheckpoint(join(folder, `checkpoint_${iteration}`), sampleFiles(iteration), facts);
  }
  return dirname(folder);
}

test("list shows all checkpoints of a project, the oldest first, and what is damaged", async () => {
  const cwd = await project();
  const manifest = join(cwd, "checkpoints/checkpoint_0/checkpoint.json");
  const newer = { ...JSON.parse(readFileSync(manifest, "utf8")), version: 99 };
  writeFileSync(manifest, JSON.stringify(newer));
  writeFileSync(join(cwd, "checkpoints/checkpoint_1/keep"), "");
  writeFileSync(join(cwd, "checkpoints/checkpoint_2/state.json"), "");
  const { stdout, status } = acc(["list"], cwd);
  assert.is(status, 0);
  const [header = "", first = "", second = "", third = "", fourth = ""] = stdout.split("\n");
  assert.match(header, /^age +size +state +steps +epoch +reason +metrics +checkpoint$/);
  assert.match(first, /^ +too new +checkpoints\/checkpoint_0$/);
  assert.match(second, /^\d+ s +\d.* kB +complete, kept +10 +1 +manual +loss=1 +checkpoints\//);
  assert.match(third, /damaged/);
  assert.match(fourth, /complete +30 +1 +manual +loss=NaN +checkpoints\/checkpoint_3$/);
  const list = JSON.parse(acc(["list", "--json", "checkpoints"], cwd).stdout);
  assert.equal(
    list.map(({ state }: { state: string }) => state),
    [...["too new", "complete", "damaged", "complete"]],
  );
  assert.is(list[3].metrics.loss, "NaN");
  assert.match(list[2].fault, "state.json");
});

test("verify reads every byte, of all checkpoints or of one", async () => {
  const cwd = await project();
  const whole = acc(["verify"], cwd);
  assert.is(whole.status, 0);
  assert.is(whole.stdout.match(/: complete, every byte/g)?.length, 4);
  const path = join(cwd, "checkpoints/checkpoint_1/model.safetensors");
  const bytes = readFileSync(path);
  bytes[1000] = (bytes[1000] as number) ^ 1;
  writeFileSync(path, bytes);
  const spoiled = acc(["verify", "--json"], cwd);
  assert.is(spoiled.status, 5);
  const codes = JSON.parse(spoiled.stdout).map(({ code }: { code: string | null }) => code);
  assert.equal(codes, [null, "CHECKPOINT_DAMAGED", null, null]);
  assert.is(acc(["verify", "checkpoints/checkpoint_1"], cwd).status, 5);
  assert.is(acc(["verify", "checkpoints/checkpoint_2"], cwd).status, 0);
});

test("prune removes what no rule wants, and says before what it would remove", async () => {
  const cwd = await project();
  mkdirSync(join(cwd, "checkpoints/.tmp-checkpoint_9-01234567-89ab"));
  const left = (): string => readdirSync(join(cwd, "checkpoints")).sort().join(" ");
  const rules = ["--keep", "1", "--keep-best", "loss:min"];
  const dry = acc(["prune", "--dry-run", ...rules], cwd);
  assert.match(dry.stdout, /checkpoint_0: would be removed[\s\S]*Would remove 2 checkpoints \(/);
  assert.match(left(), "checkpoint_0");
  const done = acc(["prune", ...rules], cwd);
  assert.is(done.status, 0, done.stderr);
  assert.match(done.stdout, /checkpoint_2: removed \(.* kB\)\nRemoved 2 checkpoints \(/);
  assert.is(left(), "checkpoint_1 checkpoint_3 latest.json");
  assert.equal(JSON.parse(acc(["prune", "--json", "--keep", "5"], cwd).stdout), []);
});

test("wrong usage is told, and nothing is removed", async () => {
  const cwd = await project();
  for (const args of [[], ["--keep", "none"], ["--keep", "0"], ["--keep-best", "loss"]]) {
    const { status, stderr } = acc(["prune", ...args], cwd);
    assert.is(status, 2);
    assert.match(stderr, "OPTION_INVALID");
  }
  assert.is(acc(["list", "chekpoints"], cwd).status, 3);
  assert.match(acc(["list", "chekpoints"], cwd).stderr, 'Did you mean "checkpoints"?');
  assert.match(acc(["list", "--help"], cwd).stdout, "Usage: acc checkpoints list");
  assert.match(acc(["--help"], cwd).stdout, "checkpoints prune");
  assert.is(readdirSync(join(cwd, "checkpoints")).length, 5);
});

test.run();
