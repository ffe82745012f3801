import { suite } from "uvu";
import * as assert from "uvu/assert";
import { marksOf, plotly, reasonOf, svgOf, vegaLite } from "./drawn.ts";

const test = suite("a specification that computes for ever");

function points(count: number): ReturnType<typeof vegaLite> {
  const data = { sequence: { start: 0, stop: count, as: "q" } };
  return vegaLite({ mark: "point", data, encoding: { x: { field: "q", type: "quantitative" } } });
}

test("ends at the limit of time, and the next figure is drawn", async () => {
  assert.match(await reasonOf(points(2e6), 1000), "it was not drawn within 1 s");
  assert.is(marksOf(await svgOf(plotly([{ y: [1] }])), "point").length, 1);
});

test("ends at the limit of memory, and the next figure is drawn", async () => {
  assert.match(await reasonOf(points(4e7), 60_000), "memory limit");
  assert.is(marksOf(await svgOf(plotly([{ y: [1] }])), "point").length, 1);
});

test.run();
