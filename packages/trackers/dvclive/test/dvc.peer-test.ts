import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { pythonOf } from "@acc/test-kit/peers/python";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { filesOf, goldenNames, makeGolden, vectors } from "./golden.ts";
import { Recording, temporary } from "./recording.ts";

const test = suite("DVCLive's directory in DVC and DVCLive");
const python = pythonOf("packages/trackers/dvclive/test/fixtures/requirements.txt") as string;
const run = python ? test : test.skip; // the installer has reported what could not be installed
const TIMEOUT_MS = 120_000;

/** A command with the environment's `dvc` in reach, as a user has it. */
function command(folder: string, program: string, ...args: string[]): string {
  const options = { cwd: folder, encoding: "utf8", timeout: TIMEOUT_MS } as const;
  return execFileSync(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
}

const dvcJson = (folder: string, ...args: string[]) =>
  JSON.parse(command(folder, "dvc", ...args, "--json"));
const readerOf = (folder: string) =>
  JSON.parse(command(folder, python, join(vectors, "read.py"), folder));

/** A git and DVC repository with one commit. */
function repository(): string {
  const folder = temporary();
  command(folder, "git", "init", "--quiet");
  for (const [key, value] of [
    ["user.name", "Test"],
    ["user.email", "test@example.org"],
  ]) {
    command(folder, "git", "config", key as string, value as string);
  }
  command(folder, "dvc", "init", "--quiet");
  writeFileSync(join(folder, "train.js"), "\n");
  command(folder, "git", "add", ".");
  command(folder, "git", "commit", "--quiet", "-m", "first");
  return folder;
}

test.before(() => {
  if (!python) return;
  process.env.PATH = `${dirname(python)}${delimiter}${process.env.PATH}`;
  process.env.DVC_NO_ANALYTICS = "1";
});

/** Whole floats are integers here, in cells as in values. */
const withoutPointZero = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value).replaceAll(/"(-?\d+)\.0"/g, '"$1"'));

for (const name of goldenNames) {
  run(`DVCLive's readers find in ${name} what they find in its own`, async () => {
    const expected = JSON.parse(readFileSync(join(vectors, "expected", `${name}.json`), "utf8"));
    if (name === "basic")
      expected.history["dvclive/plots/metrics/f32.tsv"][0].f32 = String(Math.fround(0.1));
    // DVCLive drops this entry of the user's, whose name only ends like its own.
    if (name === "user_dvcyaml") expected.dvcyaml.metrics.splice(1, 0, "my_dvclive/metrics.json");
    const folder = await makeGolden(name);
    assert.equal(withoutPointZero(readerOf(folder)), withoutPointZero(expected));
  });
}

run("DVC shows the metrics, plots and parameters, and the run as an experiment", async () => {
  const folder = repository();
  await Recording.of(
    (live, run) => {
      live.logParams({ lr: 0.1, opt: { name: "adam" } });
      for (let step = 0; step < 3; step++) {
        const values = { loss: 1 / (step + 3), train: { acc: step + 0.5 } };
        run.post({ type: "metrics", values, context: { step } });
      }
      const image = { data: new Uint8Array(12), shape: [2, 2, 3] };
      run.post({ type: "images", values: { seen: image }, context: { step: 2 } });
      const spec = { data: [{ type: "scatter", y: [1, 3, 2] }] };
      const figures = { curve: { type: "plotly", spec } as const };
      run.post({ type: "figures", values: figures, context: { step: 2 } });
      const table = { columns: ["name", "error"], rows: [["a", 0.5]] };
      run.post({ type: "tables", values: { worst: table }, context: { step: 2 } });
      live.logPlot(
        "roc",
        [
          { x: 0, y: 0 },
          { x: 1, y: 1 },
        ],
        { x: "x", y: "y" },
      ); // prettier
      const weights = join(temporary(), "weights.bin");
      writeFileSync(weights, "weights");
      live.logArtifact(weights, { type: "model" });
    },
    { saveDvcExp: true, expName: "first-run", expMessage: "with a message" },
    folder,
  );
  const metrics = { loss: 0.2, train: { acc: 2.5 }, step: 2 };
  assert.equal(dvcJson(folder, "metrics", "show"), {
    "": { data: { "dvclive/metrics.json": { data: metrics } } },
  });
  const { data } = dvcJson(folder, "plots", "show");
  const plots = Object.keys(data).sort();
  for (const part of [
    "plots/metrics/loss.tsv",
    "train/acc.tsv",
    "seen/2.png",
    "curve/2.png",
    "roc.json",
    "worst/2.json",
  ]) {
    assert.ok(
      plots.some((plot) => plot.includes(part)),
      `${part} in ${plots}`,
    );
  }
  assert.equal(dvcJson(folder, "params", "diff"), {
    "dvclive/params.yaml": {
      lr: { old: null, new: 0.1 },
      "opt.name": { old: null, new: "adam" },
    },
  });
  assert.match(command(folder, "dvc", "exp", "list", "--name-only"), /first-run/);
  const experiments = dvcJson(folder, "exp", "show").at(-1).experiments[0].revs[0];
  assert.is(experiments.name, "first-run");
  assert.equal(experiments.data.metrics["dvclive/metrics.json"].data, metrics);
  assert.is(experiments.data.params["dvclive/params.yaml"].data.lr, 0.1);
  const saved = command(folder, "git", "ls-tree", "-r", "--name-only", experiments.rev);
  assert.match(saved, /dvclive\/artifacts\/weights\.bin\.dvc/);
  assert.is(command(folder, "git", "diff", "--cached", "--name-only"), "", "nothing is staged");
});

run("without a DVC repository nothing is saved, and nothing is made of one", async () => {
  const folder = temporary();
  command(folder, "git", "init", "--quiet");
  const made = await Recording.of((live) => live.logMetric("a", 1), { saveDvcExp: true }, folder);
  assert.equal(made.warnings, []);
  const paths = [...filesOf(folder).keys()].filter((path) => !path.startsWith(".git/"));
  assert.equal(paths, ["dvc.yaml", "dvclive/metrics.json", "dvclive/plots/metrics/a.tsv"]);
});

run("Python's Live goes on with our run, and we with its", async () => {
  const folder = temporary();
  const ours = async (value: number): Promise<void> => {
    const log = (_live: unknown, run: Recording) =>
      run.post({ type: "metrics", values: { loss: value }, context: {} });
    await Recording.of(log, { resume: true }, folder);
  };
  const theirs = (value: number): string =>
    command(
      ...[folder, python, "-c"],
      `
from dvclive import Live
with Live(resume=True, save_dvc_exp=False, report=None) as live:
    live.log_metric("loss", ${value})
    live.next_step()
`,
    );
  await ours(0.5);
  await ours(1.5);
  theirs(2.5);
  await ours(3.5);
  theirs(4.5);
  assert.is(
    readFileSync(join(folder, "dvclive/plots/metrics/loss.tsv"), "utf8"),
    "step\tloss\n0\t0.5\n1\t1.5\n2\t2.5\n3\t3.5\n4\t4.5\n",
  );
  assert.equal(JSON.parse(readFileSync(join(folder, "dvclive/metrics.json"), "utf8")), {
    loss: 4.5,
    step: 4,
  });
});

run("DVC reads every text parameter as that text", async () => {
  const texts = [
    ...[
      "yes",
      "no",
      "on",
      "off",
      "y",
      "N",
      "true",
      "null",
      "~",
      "",
      "=",
      "<<",
      "12:30",
      "1_000",
      "0b11",
    ],
    ...[
      "010",
      "0o17",
      "0x10",
      "1e3",
      "1e-7",
      ".5",
      "1.",
      "+5",
      ".inf",
      ".nan",
      "2024-01-01",
      "- a",
      "? b",
    ],
    ...[
      "2024-01-01 10:00:00",
      "a: b",
      "a #b",
      " x ",
      "*a",
      "&a",
      "!a",
      "%a",
      "@a",
      "`a",
      "'",
      '"',
      "{",
      "[a",
    ],
    ...[
      "tab\there",
      "a\nb",
      "\u2028",
      "\u007f",
      "\u0085",
      "\ufeff",
      "µ",
      "损",
      "😀",
      "x".repeat(200),
    ],
    "word ".repeat(60).trim(),
  ];
  const params = Object.fromEntries(texts.map((text, index) => [`p${index}`, text]));
  const keyed = { ...params, ...Object.fromEntries(texts.map((text) => [text, 1])) };
  const made = await Recording.of((live) => live.logParams(keyed));
  const read = (library: string): unknown =>
    JSON.parse(
      command(made.folder, python, "-c", library, join(made.folder, "dvclive/params.yaml")),
    );
  const dvc =
    "import sys, json; from dvclive.serialize import load_yaml; print(json.dumps(load_yaml(sys.argv[1])))";
  const pyYaml = "import sys, json, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))";
  assert.equal(read(dvc), keyed);
  assert.equal(read(pyYaml), keyed);
});

test.run();
