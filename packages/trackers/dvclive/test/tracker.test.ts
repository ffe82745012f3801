import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import {
  type FigureData,
  type LogContext,
  type LogValues,
  TrackerUnreachableError,
} from "@acc/core/tracker";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { DvcLiveOptions } from "../src/options.ts";
import { filesOf } from "./golden.ts";
import { Recording, temporary } from "./recording.ts";

const test = suite("DVCLive tracker");

/** A run of `log` calls. */
async function logged(
  calls: readonly [values: LogValues, context?: LogContext][],
  options: DvcLiveOptions = {},
  root?: string,
): Promise<Recording> {
  return Recording.of(
    (_live, run) => {
      for (const [values, context = {}] of calls) run.post({ type: "metrics", values, context });
    },
    options,
    root,
  );
}

const tsv = (run: Recording, name: string): string =>
  readFileSync(join(run.folder, "dvclive/plots/metrics", `${name}.tsv`), "utf8");
const metrics = (run: Recording) =>
  JSON.parse(readFileSync(join(run.folder, "dvclive/metrics.json"), "utf8"));

test("ends a step with each log, goes on from an explicit one, and appends what goes back", async () => {
  const run = await logged([
    ...[0, 1, 2].map((step): [LogValues, LogContext] => [{ m: step + 0.5 }, { step }]),
    ...[[{ m: 3.5 }], [{ m: 4.5 }, { step: 2 }], [{ m: 5.5 }, { step: 1 }], [{ m: 6.5 }]],
  ] as [LogValues, LogContext?][]);
  const rows = ["0\t0.5", "1\t1.5", "2\t2.5", "3\t3.5", "2\t4.5", "1\t5.5", "2\t6.5"];
  assert.is(tsv(run, "m"), `step\tm\n${rows.join("\n")}\n`);
  assert.equal(metrics(run), { m: 6.5, step: 2 });
});

test("lets steps be ended by hand", async () => {
  const run = await Recording.of(
    (live, run) => {
      run.post({ type: "metrics", values: { train: { loss: 1 } }, context: {} });
      run.post({ type: "metrics", values: { eval: { loss: 2 } }, context: {} });
      live.nextStep();
      run.post({ type: "metrics", values: { train: { loss: 3 } }, context: {} });
    },
    { autoNextStep: false },
  );
  assert.is(tsv(run, "train/loss"), "step\tloss\n0\t1\n1\t3\n");
  assert.is(tsv(run, "eval/loss"), "step\tloss\n0\t2\n");
});

test("records every kind of value, and says what DVCLive cannot hold", async () => {
  const values: LogValues = {
    ...{ whole: 2, half: 0.5, huge: 2n ** 70n, yes: true, text: "tab\there", nan: Number.NaN },
    when: new Date(0),
    one: Float32Array.of(0.25),
    deep: { a: { b: 1 }, text: "x" },
    list: [1, 2],
    none: null,
    many: new Float32Array(3),
  };
  const run = await logged([[values], [{ list: [3], none: null }]]);
  assert.equal(metrics(run), {
    ...{ whole: 2, half: 0.5, huge: 2 ** 70, yes: true, text: "tab\there", nan: "nan", step: 1 },
    ...{ when: "1970-01-01T00:00:00.000Z", one: 0.25, deep: { a: { b: 1 }, text: "x" }, list: 3 },
  });
  assert.is(tsv(run, "huge"), "step\thuge\n0\t1180591620717411303424\n");
  assert.is(tsv(run, "text"), 'step\ttext\n0\t"tab\there"\n');
  assert.is(tsv(run, "yes"), "step\tyes\n0\tTrue\n");
  assert.is(run.warnings.filter((warning) => /cannot hold/.test(warning)).length, 3);
  assert.match(
    run.warnings.at(-1) ?? "",
    /list \(list of 2\) 1 times, none \(null\) 2 times, many \(Float32Array\) 1 times/,
  );
});

test("never writes outside its folder, whatever the key, and keeps keys apart", async () => {
  const outside = temporary();
  const root = join(outside, "a/b/c");
  const keys = [
    "../../x",
    "/lead",
    "lead",
    "a//b",
    "a/b",
    "trail/",
    "",
    ".",
    "..",
    "../..",
    "a\0b",
  ];
  const long = ["k".repeat(300), `${"é".repeat(150)}/x`, "d/".repeat(900), "x".repeat(2000)];
  const more = ["step", "step/x", "x/step", "m.tsv/y", "m", "µ loss", "a:b", "\ud800"];
  const all = [...keys, ...long, ...more];
  const calls = all.map((key, index): [LogValues] => [{ [key]: index + 0.5 }]);
  const run = await logged(calls, {}, root);
  assert.equal(readdirSync(outside), ["a"]);
  const files = [...filesOf(join(root, "dvclive/plots/metrics"))];
  assert.is(files.length, all.length, files.map(([path]) => path).join("\n"));
  const cells = files.map(([, content]) =>
    Number(
      content
        .trim()
        .split(/[\t\n]/)
        .at(-1),
    ),
  );
  assert.equal(
    cells.sort((a, b) => a - b),
    calls.map((_, index) => index + 0.5),
  );
  assert.is(metrics(run).step, all.length - 1);
});

test("keeps a value whose name is also a group in its own file, and says so", async () => {
  const run = await logged([[{ a: 1, "a/b": 2 }], [{ "c/d": 3, c: 4 }]]);
  assert.equal(metrics(run), { a: 1, step: 1, c: { d: 3 } });
  assert.is(tsv(run, "a/b"), "step\tb\n0\t2\n");
  assert.is(tsv(run, "c"), "step\tc\n1\t4\n");
  assert.is(run.warnings.filter((warning) => /metrics\.json/.test(warning)).length, 3);
});

test("writes images, tables, plots and artifacts, and names them in dvc.yaml", async () => {
  const model = join(temporary(), "Model v1.json");
  writeFileSync(model, "{}");
  const run = await Recording.of((live, run) => {
    const data = new Uint8Array(2 * 2 * 3);
    const context = { step: 7 };
    run.post({ type: "images", values: { in: { data, shape: [2, 2, 3] } }, context });
    const batch = { data: new Float32Array(8), shape: [2, 2, 2, 1] };
    run.post({ type: "images", values: { "../both": batch }, context });
    const table = {
      columns: ["id", "loss"],
      rows: [
        [1, 0.5],
        [2, Number.NaN],
      ],
    }; // prettier
    run.post({ type: "tables", values: { errors: table }, context });
    live.logPlot("roc", [{ x: 1, y: 2 }], { x: "x", y: "y", title: "ROC" });
    live.logArtifact(model, { type: "model", labels: ["best"], meta: { epochs: 3 } });
    assert.throws(() => live.logImage("a.webp", { data, shape: [2, 2, 3] }), /\.png/);
    assert.throws(() => live.logMetric("x", [1] as never), /numbers, booleans and texts/);
  });
  const paths = [...filesOf(join(run.folder, "dvclive")).keys()];
  assert.equal(paths, [
    "artifacts/Model v1.json",
    "metrics.json",
    "plots/custom/errors/7.json",
    "plots/custom/roc.json",
    "plots/images/_/both/0/7.png",
    "plots/images/_/both/1/7.png",
    "plots/images/in/7.png",
  ]);
  assert.is(
    readFileSync(join(run.folder, "dvclive/plots/custom/errors/7.json"), "utf8"),
    '[\n    {\n        "id": 1,\n        "loss": 0.5\n    },\n    {\n        "id": 2,\n        "loss": "nan"\n    }\n]\n',
  );
  assert.is(
    readFileSync(join(run.folder, "dvc.yaml"), "utf8"),
    `plots:
- dvclive/plots/images
- dvclive/plots/custom/errors
- dvclive/plots/custom/roc.json:
    template: linear
    x: x
    y: y
    title: ROC
artifacts:
  model-v1:
    path: dvclive/artifacts/Model v1.json
    type: model
    labels:
    - best
    meta:
      epochs: 3
`,
  );
});

test("takes parameters of any kind, later ones beside earlier ones", async () => {
  const run = await Recording.of((live) => {
    live.logParams({ lr: 0.1, opt: { name: "adam", betas: [0.9, 0.999] }, none: null });
    live.logParams({ when: new Date(0), list: Float32Array.of(1, 2), text: "12:30", "=": "<<" });
    live.logParam("lr", 1e-7);
  });
  assert.is(
    readFileSync(join(run.folder, "dvclive/params.yaml"), "utf8"),
    `lr: 1e-07
opt:
  name: adam
  betas:
  - 0.9
  - 0.999
none:
when: '1970-01-01T00:00:00.000Z'
list:
- 1
- 2
text: '12:30'
'=': '<<'
`,
  );
});

test("a resumed run goes on after the last step, also behind step 0, and keeps what there was", async () => {
  const root = temporary();
  await logged([[{ a: 0.5, b: { c: 1 } }]], {}, root);
  writeFileSync(join(root, "dvclive/metrics.json"), '{\n    "a": 1.0,\n    "step": 0\n}\n');
  const run = await logged([[{ a: 2.5 }]], { resume: true }, root);
  assert.is(tsv(run, "a"), "step\ta\n0\t0.5\n1\t2.5\n");
  assert.is(tsv(run, "b/c"), "step\tc\n0\t1\n");
  process.env.DVCLIVE_RESUME = "True";
  await logged([[{ n: 1 }]], {}, root);
  delete process.env.DVCLIVE_RESUME;
  assert.equal(
    readFileSync(join(root, "dvclive/metrics.json"), "utf8"),
    '{\n    "a": 2.5,\n    "step": 2,\n    "n": 1\n}\n',
  );
  await logged([[{ z: 1 }]], {}, root);
  assert.equal([...filesOf(join(root, "dvclive")).keys()], ["metrics.json", "plots/metrics/z.tsv"]);
});

test("goes on after the rows when metrics.json is damaged or missing, and says so", async () => {
  for (const damage of ['{ "a": 1,', "[]", "", undefined]) {
    const root = temporary();
    await logged([[{ a: 0.5 }], [{ a: 1.5, b: 1 }], [{ a: 2.5 }]], {}, root);
    const path = join(root, "dvclive/metrics.json");
    if (damage === undefined) rmSync(path);
    else writeFileSync(path, damage);
    const run = await logged([[{ a: 3.5 }]], { resume: true }, root);
    assert.is(tsv(run, "a").split("\n").at(-2), "3\t3.5");
    assert.equal(metrics(run), { a: 3.5, step: 3 });
    assert.is(run.warnings.length, damage === undefined ? 0 : 1, run.warnings.join());
  }
});

test("writes times where they are asked for, in every row of that file", async () => {
  const run = await logged([
    [{ a: 1 }, { wallTimeMs: 1234.5, options: { timestamp: true } }],
    [{ a: 2, b: 3 }, { wallTimeMs: 2000 }],
    [{ c: 4 }, { options: { plot: false } }],
  ]);
  assert.is(tsv(run, "a"), "timestamp\tstep\ta\n1234\t0\t1\n2000\t1\t2\n");
  assert.is(tsv(run, "b"), "step\tb\n1\t3\n");
  assert.not.ok(existsSync(join(run.folder, "dvclive/plots/metrics/c.tsv")));
  assert.is(metrics(run).c, 4);
});

test("takes folders of the user's choice, no dvc.yaml, and no other name for it", async () => {
  const run = await logged([[{ a: 1 }]], { dir: "out/live", dvcyaml: false });
  assert.equal(
    [...filesOf(run.folder).keys()],
    ["out/live/metrics.json", "out/live/plots/metrics/a.tsv"],
  );
  const other = await logged([[{ a: 1 }]], { dir: "out/live", dvcyaml: "out/dvc.yaml" });
  assert.match(readFileSync(join(other.folder, "out/dvc.yaml"), "utf8"), /- live\/metrics\.json/);
  const outside = await logged([[{ a: 1 }]], { dir: join(temporary(), "live") });
  assert.equal([...filesOf(outside.folder).keys()], [], "DVC takes no paths from outside");
  assert.throws(() => new Recording().tracker({ dvcyaml: "x.yaml" }), /must be called dvc\.yaml/);
});

test("leaves a dvc.yaml that it cannot read as it is, says so, and records the rest", async () => {
  const root = temporary();
  writeFileSync(join(root, "dvc.yaml"), "a: [1");
  const run = await logged([[{ a: 1 }]], {}, root);
  assert.is(readFileSync(join(root, "dvc.yaml"), "utf8"), "a: [1");
  assert.match(run.warnings.join(), /dvc\.yaml cannot be edited/);
  assert.is(metrics(run).a, 1);
});

test("finishes twice, and without anything logged", async () => {
  const run = new Recording();
  const tracker = run.tracker();
  await tracker.finish();
  await tracker.finish();
  assert.equal([...filesOf(run.folder)], [["dvclive/metrics.json", "{}\n"]]);
});

test("a delivery that fails half-way is repeated whole", async () => {
  const run = new Recording();
  const tracker = run.tracker();
  run.post({ type: "metrics", values: { a: 1 }, context: {} });
  await run.deliver(tracker);
  const file = join(run.folder, "dvclive/plots/metrics/a.tsv");
  const before = readFileSync(file);
  rmSync(file);
  mkdirSync(file);
  run.post({ type: "metrics", values: { b: 3, a: 2 }, context: {} });
  assert.instance(await run.deliver(tracker).catch((reason: unknown) => reason), Error);
  rmSync(file, { recursive: true });
  writeFileSync(file, `${before}1\tunfinished`);
  await run.deliver(tracker);
  assert.is(tsv(run, "a"), "step\ta\n0\t1\n1\t2\n");
  assert.is(tsv(run, "b"), "step\tb\n1\t3\n");
});

const onLinux = process.platform === "linux" ? test : test.skip; // which has a device that is full

onLinux("a full disk delays what was logged, and loses nothing", async () => {
  const run = new Recording();
  const tracker = run.tracker();
  run.post({ type: "metrics", values: { a: 1 }, context: {} });
  await run.deliver(tracker);
  const full = join(run.folder, "dvclive/plots/metrics/b.tsv");
  symlinkSync("/dev/full", full);
  run.post({ type: "metrics", values: { a: 2, b: 3 }, context: {} });
  const error = await run.deliver(tracker).catch((reason: unknown) => reason);
  assert.instance(error, TrackerUnreachableError);
  assert.not.ok((error as TrackerUnreachableError).permanent);
  assert.match((error as Error).message, /ENOSPC/);
  rmSync(full);
  await run.deliver(tracker);
  assert.is(tsv(run, "a"), "step\ta\n0\t1\n1\t2\n");
  assert.is(tsv(run, "b"), "step\tb\n1\t3\n");
});

test("a figure is a picture among the images, and JSON beside it; without a picture it says why", async () => {
  const run = await Recording.of((_live, recording) => {
    const curve: FigureData = { type: "plotly", spec: { data: [{ y: [1, 2] }] } };
    const share: FigureData = { type: "plotly", spec: { data: [{ type: "pie", values: [1] }] } };
    recording.post({ type: "figures", values: { "a/curve": curve, share }, context: { step: 4 } });
  });
  const plots = join(run.folder, "dvclive/plots");
  const png = readFileSync(join(plots, "images/a/curve/4.png"));
  assert.is(png.subarray(1, 4).toString(), "PNG");
  const json = readFileSync(join(plots, "figures/share/4.plotly.json"), "utf8");
  assert.equal(JSON.parse(json), { data: [{ type: "pie", values: [1] }], layout: {} });
  assert.not(existsSync(join(plots, "images/share")));
  assert.match(run.warnings.join(), 'a picture of "share": "trace 0" is a trace of the type "pie"');
});

test.run();
