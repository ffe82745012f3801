import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LogContext, LogValues } from "@acc/core/tracker";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { filesOf } from "./golden.ts";
import { logged, metrics, Recording, temporary, tsv } from "./recording.ts";

const test = suite("DVCLive: steps, values and files");

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

test.run();
