import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FigureData } from "@acc/core/tracker";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { filesOf } from "./golden.ts";
import { Recording, temporary } from "./recording.ts";

const test = suite("DVCLive: plots and artifacts");

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
