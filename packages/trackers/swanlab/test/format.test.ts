import { suite } from "uvu";
import * as assert from "uvu/assert";
import { histogram } from "../src/format/chart.ts";
import { configValue, configYaml } from "../src/format/config-text.ts";
import { metricKey, sectionOf } from "../src/format/metric-key.ts";
import { addStep, hasStep, type StepRuns, stepsUpTo } from "../src/format/step-runs.ts";
import { runFileName } from "../src/run-file-name.ts";

const test = suite("what SwanLab holds");

test("steps are remembered exactly, in a few numbers", () => {
  const runs: StepRuns = stepsUpTo(9);
  const taken = new Set(Array.from({ length: 10 }, (_, step) => step));
  for (const step of [10, 20, 30, 25, 26, 27, 100, 7000, 99, 2 ** 40]) {
    assert.is(hasStep(runs, step), taken.has(step));
    addStep(runs, step);
    taken.add(step);
    for (let probe = 0; probe < 130; probe++) {
      assert.is(hasStep(runs, probe), taken.has(probe), `${probe} after ${step}`);
    }
  }
  const steady: StepRuns = [];
  for (let step = 0; step < 10_000; step += 10) addStep(steady, step);
  assert.equal(steady, [[0, 9990, 10]]);
  const irregular: StepRuns = [];
  for (let step = 0; step < 1000; step++) addStep(irregular, step * step);
  assert.ok(irregular.length <= 200);
  assert.ok(hasStep(irregular, 999 * 999));
});

test("names are those that SwanLab's own client makes, and never lose a value that it would drop", () => {
  const names = ["loss", "/lead", " trail/ ", "a.b", "a//b", "..x..", "tab\there", "k".repeat(600)];
  assert.equal(names.map(metricKey), [
    ...["loss", "lead", "trail", "a.b", "a//b", "x", "tab_here", "k".repeat(512)],
  ]);
  assert.equal(["", "/", " . ", "__swanlab__.cpu"].map(metricKey), Array(4).fill(undefined));
  assert.equal(["loss", "a/b/c", "a//b"].map(sectionOf), [undefined, "a", "a"]);
});

test("files of a run stay below its folder, and are none of its own", () => {
  assert.is(runFileName("../../etc", "passwd"), "__/__/etc/passwd");
  assert.is(runFileName("/abs", ""), "_/abs");
  assert.is(runFileName("config.yaml", ""), "config.yaml_");
});

test("the configuration is YAML 1.1 for numbers, texts and what cannot be printed", () => {
  const entries = [
    ["z", configValue([1e-7, 1e300, -2.5e-10, 3, 0.1])],
    ["a", configValue({ nan: Number.NaN, inf: -Infinity, none: null, bell: "\u0007\u0085" })],
  ] as const;
  assert.is(
    configYaml(entries),
    [
      '"a": {"desc": "", "sort": 1, "value": {"nan": "NaN", "inf": "-Inf", "none": null, "bell": "\\u0007\\u0085"}}',
      '"z": {"desc": "", "sort": 0, "value": [1.0e-7, 1.0e+300, -2.5e-10, 3, 0.1]}\n',
    ].join("\n"),
  );
  assert.is(configYaml([]), "{}\n");
});

test("a histogram is a chart of as many bars as bins", () => {
  const { option } = histogram([1, 2, 2, 9, Number.NaN], 4);
  assert.equal((option.series as { data: number[] }[])[0]?.data, [3, 0, 0, 1]);
  assert.equal((option.xAxis as unknown as { data: string[] }).data, ["2", "4", "6", "8"]);
  assert.throws(() => histogram([], 4), /at least one finite value/);
  assert.throws(() => histogram([1], 0), /1 to 512 bins/);
});

test.run();
