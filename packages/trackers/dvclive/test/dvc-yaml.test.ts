import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type DvcEntries, updateDvcYaml } from "../src/format/dvc-yaml.ts";

const test = suite("dvc.yaml");
const user = readFileSync(new URL("fixtures/vectors/user-dvc.yaml", import.meta.url), "utf8");
const entries: DvcEntries = {
  params: [{ path: "dvclive/params.yaml" }],
  metrics: [{ path: "dvclive/metrics.json" }],
  plots: [{ path: "dvclive/plots/metrics", options: { x: "step" } }],
  artifacts: new Map([["model", { path: "dvclive/artifacts/m.json", type: "model" }]]),
};
const fresh = { folder: "dvclive", keepsOthers: false };

test("keeps stages, comments, flows and the user's entries, and replaces stale ones of the folder", () => {
  const updated = updateDvcYaml(user, entries, fresh);
  assert.is(
    updated,
    `# top comment
stages:
  train:
    cmd: python train.py # keep me
metrics:
  - other.json
  - my_dvclive/metrics.json
  - dvclive/metrics.json
params:
  - params.yaml
  - dvclive/params.yaml
plots:
  - mine.csv: {x: a, y: b} # cm
  - dvclive/plots/metrics:
      x: step
artifacts:
  mine: {path: m.bin}
  model:
    path: dvclive/artifacts/m.json
    type: model
`,
  );
  assert.is(updateDvcYaml(updated, entries, fresh), updated, "nothing is left to do");
});

test("is left unchanged when it has the entries, also where the user has changed them", () => {
  const text = `# mine

params: [ dvclive/params.yaml ]   # here
metrics:
    -   ./dvclive/../x.json
    -   dvclive/metrics.json
plots:
    -   dvclive/plots/metrics:
            x: step
            y_label: "loss"
artifacts:
    model: { path: dvclive/artifacts/m.json, type: model }
`;
  const { artifacts: _, ...others } = entries;
  assert.is(updateDvcYaml(text, { ...others, artifacts: new Map() }, fresh), text);
});

test("keeps the plots of an earlier process when a run is resumed, and only then", () => {
  const text = "plots:\n- dvclive/plots/images\n- dvclive/plots/custom/pts.json:\n    x: a\n";
  const resumed = updateDvcYaml(text, entries, { ...fresh, keepsOthers: true });
  assert.ok(resumed.startsWith(text), resumed);
  assert.not.match(updateDvcYaml(text, entries, fresh), /custom|images/);
});

test("keeps every spelling of the user's values", () => {
  const text =
    "vars:\n- lr: 1e-7\n  n: 010\n  big: 1_000\n  when: 2024-01-01\n  none: ~\n  empty:\n  hex: 0x1F\n  yes: on\n";
  assert.is(
    updateDvcYaml(text, { ...entries, artifacts: new Map() }, fresh),
    `${text}params:\n- dvclive/params.yaml\nmetrics:\n- dvclive/metrics.json\nplots:\n- dvclive/plots/metrics:\n    x: step\n`,
  );
});

test("takes plots that are a mapping, and a name that only contains the folder's", () => {
  const text = "plots:\n  a_dvclive/x.csv:\n    x: 1\n  dvclive/old.csv:\n    x: 2\n";
  const updated = updateDvcYaml(text, { ...entries, params: [], metrics: [] }, fresh);
  assert.match(updated, /^plots:\n- a_dvclive\/x\.csv:\n {4}x: 1\n- dvclive\/plots\/metrics:\n/);
});

test("of a user is never overwritten when it cannot be understood", () => {
  for (const text of ["a: [1", "- a list", "a: b: c"]) {
    assert.throws(() => updateDvcYaml(text, entries, fresh), /dvc.yaml cannot be edited/);
  }
  const none = { params: [], metrics: [], plots: [], artifacts: new Map() };
  assert.is(updateDvcYaml(undefined, none, fresh), "", "and is not made for nothing");
});

test.run();
