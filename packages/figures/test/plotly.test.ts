import { suite } from "uvu";
import * as assert from "uvu/assert";
import { marksOf, plotly, reasonOf, svgOf } from "./drawn.ts";

const test = suite("figures of Plotly");

test("lines and points: a gap ends a line, a long trace has no points, a dash is a dash", async () => {
  const y = Array.from({ length: 20 }, (_, index) => index);
  const few = { y: [1, 3, null, 2], name: "few" };
  const svg = await svgOf(plotly([few, { y, name: "many", line: { dash: "dash" } }]));
  assert.equal(marksOf(svg, "point"), ["x: 0; y: 1", "x: 1; y: 3", "x: 3; y: 2"]);
  assert.is(marksOf(svg, "line mark").length, 2);
  assert.match(svg, 'stroke-dasharray="6,4"');
  assert.match(svg, ">few</text>");
  assert.match(svg, ">many</text>");
});

test("titles of both forms, without marks of HTML; names that are equal are told apart", async () => {
  const layout = { title: "<b>Loss</b>", xaxis: { title: { text: "step<br>of all" } } };
  const svg = await svgOf(
    plotly(
      [
        { y: [1], name: "a" },
        { y: [2], name: "a" },
      ],
      layout,
    ),
  );
  for (const text of ["Loss", "step of all", "a", "a (1)"]) assert.match(svg, `>${text}</text>`);
});

test("bars side by side and on each other begin at zero, across and upright", async () => {
  const bars = [
    { type: "bar", x: ["b", "a"], y: [1, 2] },
    { type: "bar", x: ["b", "a"], y: [3, 1] },
  ];
  const grouped = await svgOf(plotly(bars));
  const labels = marksOf(grouped, "bar");
  assert.equal(labels.slice(0, 2), ["x: b; y: 1; series: trace 0", "x: a; y: 2; series: trace 0"]);
  assert.match(grouped, ">0.0</text>");
  assert.match(await svgOf(plotly(bars, { barmode: "stack" })), ">4.0</text>");
  const across = await svgOf(plotly([{ type: "bar", x: [5, 7], y: ["b", "a"], orientation: "h" }]));
  assert.equal(marksOf(across, "bar"), [
    "x: 5; y: b; series: trace 0",
    "x: 7; y: a; series: trace 0",
  ]);
  assert.match(across, ">0.0</text>");
});

test("a heatmap has a cell for each number, with its text, the first row at the bottom or on top", async () => {
  const trace = {
    type: "heatmap",
    x: ["cat", "dog"],
    y: ["cat", "dog"],
    z: [
      [9, 1],
      [null, 8],
    ],
  }; // prettier-ignore
  const low = await svgOf(plotly([{ ...trace, texttemplate: "%{z:.1f}!" }]));
  assert.equal(marksOf(low, "rect mark"), [
    "x: cat; y: cat; z: 9",
    "x: dog; y: cat; z: 1",
    "x: dog; y: dog; z: 8",
  ]); // prettier-ignore
  assert.match(low, ">9.0!</text>");
  const top = await svgOf(plotly([trace], { yaxis: { autorange: "reversed" } }));
  assert.ok(cellY(low) > cellY(top), "the first row is above the last");
  const texts = {
    ...trace,
    text: [
      ["t00", "t01"],
      ["t10", "t11"],
    ],
    texttemplate: "%{text}",
  }; // prettier-ignore
  assert.match(await svgOf(plotly([texts])), ">t11</text>");
});

test("a histogram counts every value once", async () => {
  const x = Array.from({ length: 1000 }, (_, index) => Math.sin(index));
  const svg = await svgOf(plotly([{ type: "histogram", x: [...x, null], xbins: { size: 0.5 } }]));
  const counts = marksOf(svg, "bar").map((label) => Number(/count: (\d+)/.exec(label)?.[1]));
  assert.is(
    counts.reduce((sum, count) => sum + count, 0),
    1000,
  );
});

test("dates, logarithms, ranges, and colours of single points", async () => {
  const trace = {
    ...{ x: ["2020-01-01", "2020-03-05 12:00"], y: [1, 100], mode: "markers" },
    marker: { size: [5, 20], color: [1, 2] },
  };
  const svg = await svgOf(plotly([trace], { yaxis: { type: "log", range: [-1, 3] } }));
  assert.is(marksOf(svg, "point").length, 2);
  assert.match(svg, ">1,000</text>", "the ends of a logarithmic range are exponents");
  assert.match(svg, ">0.1</text>");
});

test("a band between two traces, and error bars", async () => {
  const band = [{ y: [1, 2] }, { y: [3, 4], fill: "tonexty" }];
  assert.equal(marksOf(await svgOf(plotly(band)), "area mark"), ["x: 0; y: 3; y2: 1"]);
  const errors = { y: [5, 6], error_y: { array: [1, 2] } };
  const rules = marksOf(await svgOf(plotly([errors])), "rule mark");
  assert.equal(rules, ["x: 0; low: 4; high: 6", "x: 1; low: 4; high: 8"]);
});

test("what would look otherwise is not drawn, and why is said", async () => {
  const cases: [Parameters<typeof plotly>, RegExp][] = [
    [[[{ type: "pie", values: [1], name: "share" }]], /"share" is a trace of the type "pie"/],
    [[[{ y: [1] }, { y: [1], yaxis: "y2" }]], /several axes/],
    [[[{ y: [1], visible: false }]], /no trace of it is visible/],
    [[[{ type: "heatmap", z: [[1]] }, { y: [1] }]], /a heatmap or a histogram together/],
    [[[{ y: [1], fill: "toself" }]], /filled "toself"/],
    [[[{ y: [1], error_x: {} }]], /error bars along x/],
    [[[{ x: [["a"], ["b"]], y: [1] }]], /categories of several levels/],
    [[[{ type: "histogram", x: ["a"] }]], /no numbers/],
    [[[{ type: "heatmap", z: [[1]], transpose: true }]], /transposed/],
  ];
  for (const [figure, reason] of cases) assert.match(await reasonOf(plotly(...figure)), reason);
});

/** How far from the top the first cell begins. */
function cellY(svg: string): number {
  const path = /roledescription="rect mark"[^>]*? d="M[\d.]+,([\d.]+)/.exec(svg);
  return Number(path?.[1]);
}

test.run();
