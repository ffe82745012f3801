import type { FigureData } from "@acc/core/tracker";
import * as assert from "uvu/assert";
import { newRun, onlineSuite } from "./online-suite.ts";

const test = onlineSuite("ClearML tracker: figures");

const CURVE: FigureData = {
  type: "plotly",
  spec: {
    data: [{ type: "scatter", y: Float32Array.of(1, Number.NaN, 2) }],
    layout: { title: "mine", xaxis: { title: "x" } },
  },
};
const BARS: FigureData = {
  type: "vega-lite",
  spec: {
    ...{ mark: "bar", data: { values: [{ count: 3 }] } },
    encoding: { x: { field: "count", type: "quantitative" } },
  },
};
const UNKNOWN: FigureData = { type: "vega-lite", spec: { mark: "nonsense" } };

test("a figure of Plotly is a plot, one of Vega-Lite a picture, and what cannot be drawn is named", async ({
  server,
}) => {
  const run = newRun(server);
  const values = { curve: CURVE, eval_bars: BARS, unknown: UNKNOWN };
  run.post(
    { type: "figures", values, context: { step: 4, wallTimeMs: 1000 } },
    { type: "figures", values: { curve: CURVE }, context: { wallTimeMs: 2000 } },
  );
  const tracker = await run.open();
  await run.deliver(tracker);
  await tracker.finish("success");
  const plots = server.stored("plot");
  assert.equal(
    plots.map(({ metric, variant, iter }) => [metric, variant, iter]),
    [
      ["curve", "train", 4],
      ["curve", "train", 5],
    ],
  );
  assert.equal(JSON.parse(plots[0]?.plot_str ?? ""), {
    data: [{ type: "scatter", y: [1, null, 2] }],
    layout: { title: "train", xaxis: { title: { text: "x" } } },
  });
  const pictures = server.stored("training_debug_image");
  assert.equal(
    pictures.map(({ metric, variant, iter }) => [metric, variant, iter]),
    [["bars", "eval", 4]],
  );
  const answer = await fetch(pictures[0]?.url ?? "");
  const png = Buffer.from(await answer.arrayBuffer());
  assert.is(png.toString("latin1", 1, 4), "PNG");
  assert.match(run.warnings.join("\n"), /the figure "unknown": Vega cannot draw it/);
});

test.run();
