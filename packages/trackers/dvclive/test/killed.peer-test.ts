import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { pythonOf } from "@acc/test-kit/peers/python";
import { STEPS, trainKilled } from "@acc/test-kit/resume/killed-run";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { vectors } from "./golden.ts";

const test = suite("a run that was killed and resumed, in DVC and DVCLive");
const python = pythonOf("packages/trackers/dvclive/test/fixtures/requirements.txt") as string;
const run = python ? test : test.skip; // the installer has reported what could not be installed

type Row = Readonly<Record<string, string>>;
type Found = {
  readonly history: Readonly<Record<string, readonly Row[]>>;
  readonly metrics: unknown;
};

/** What a command prints in a folder, with the environment's `dvc` in reach. */
function jsonOf(cwd: string, program: string, ...args: string[]) {
  const PATH = `${dirname(python)}:${process.env.PATH}`;
  const output = execFileSync(program, args, {
    ...{ cwd, encoding: "utf8", timeout: 120_000 },
    env: { ...process.env, PATH, DVC_NO_ANALYTICS: "1" },
  });
  return output.trim() === "" ? undefined : JSON.parse(output);
}

const read = (folder: string): Found => jsonOf(folder, python, join(vectors, "read.py"), folder);

/** Step and value of each row that DVC plots. */
function plotted(folder: string, name: string): number[][] {
  const { data } = jsonOf(folder, "dvc", "plots", "show", "--json");
  const [[plot]] = Object.entries(data as object)
    .filter(([path]) => path.endsWith(`${name}.tsv`) || path.includes(name))
    .map(([, plots]) => plots);
  const rows = plot.content.data.values as Record<string, string>[];
  return rows.map((row) => [Number(row.step), Number(row[name])]);
}

run("has each value once, for DVCLive's readers and on the pages of DVC", async () => {
  const whole = await trainKilled("dvclive", { isKilled: false });
  const killed = await trainKilled("dvclive", { isKilled: true });
  const [expected, found] = [read(whole), read(killed)];
  assert.equal(found.history, expected.history);
  assert.equal(found.metrics, expected.metrics);
  const rows = Object.entries(found.history).find(([path]) => path.endsWith("half.tsv"))?.[1];
  const steps = Array.from({ length: STEPS }, (_, step) => [step, step / 2]);
  assert.equal(
    rows?.map(({ step, half }) => [Number(step), Number(half)]),
    steps,
  );
  execFileSync("git", ["init", "--quiet"], { cwd: killed });
  execFileSync(join(dirname(python), "dvc"), ["init", "--quiet"], { cwd: killed });
  assert.equal(plotted(killed, "half"), steps);
});

test.run();
