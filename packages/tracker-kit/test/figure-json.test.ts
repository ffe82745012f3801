import type { FigureData, LogValue } from "@acc/core/tracker";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { figureHtml } from "../src/figure-html.ts";
import { figureJson } from "../src/figure-json.ts";

const test = suite("figures as JSON");

function plotly(trace: LogValue, layout?: LogValue): FigureData {
  return { type: "plotly", spec: { data: [trace], layout, config: { displayModeBar: false } } };
}

function traceOf(trace: LogValue): unknown {
  return (figureJson(plotly(trace)).data as unknown[])[0];
}

test("gaps are null, typed arrays lists, and what is undefined is left out", () => {
  const trace = {
    x: Float32Array.of(0.5, Number.POSITIVE_INFINITY),
    y: [1, Number.NaN, undefined, 2n],
    when: new Date(0),
    name: undefined,
    text: "\ud800",
  };
  const when = "1970-01-01T00:00:00.000Z";
  assert.equal(traceOf(trace), { x: [0.5, null], y: [1, null, null, 2], when, text: "\ufffd" });
});

test("arrays that Plotly encodes are decoded, of every type and shape", () => {
  const encoded = (dtype: string, array: NodeJS.TypedArray, shape?: string) => ({
    ...{ dtype, bdata: Buffer.from(array.buffer).toString("base64") },
    ...(shape && { shape }),
  });
  const cases: [LogValue, unknown][] = [
    [encoded("f8", Float64Array.of(0.1, Number.NaN)), [0.1, null]],
    [encoded("float32", Float32Array.of(0.5)), [0.5]],
    [encoded("i1", Int8Array.of(-1)), [-1]],
    [encoded("u1c", Uint8Array.of(255)), [255]],
    [encoded("int16", Int16Array.of(-300)), [-300]],
    [encoded("u2", Uint16Array.of(60000)), [60000]],
    [encoded("i4", Int32Array.of(-70000)), [-70000]],
    [encoded("uint32", Uint32Array.of(4_000_000_000)), [4_000_000_000]],
    [
      encoded("i1", Int8Array.of(1, 2, 3, 4, 5, 6), "2, 3"),
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
    ], // prettier-ignore
    [encoded("f8", new Float64Array(0)), []],
  ];
  for (const [z, expected] of cases) assert.equal(traceOf({ z }), { z: expected });
});

test("a figure of Plotly has data, layout and frames; titles have the form of every version", () => {
  const layout = {
    title: "T",
    xaxis: { title: "x" },
    yaxis2: { title: { text: "y" } },
    note: "title",
  };
  const titled = { title: { text: "T" }, xaxis: { title: { text: "x" } } };
  const expected = { ...titled, yaxis2: { title: { text: "y" } }, note: "title" };
  assert.equal(figureJson(plotly({}, layout)), { data: [{}], layout: expected });
  assert.equal(figureJson(plotly({})), { data: [{}], layout: {} });
  const frames: FigureData = { type: "plotly", spec: { data: [{}], frames: [{ name: "a" }] } };
  assert.equal(figureJson(frames).frames, [{ name: "a" }]);
});

test("no text of a figure ends the script of its page, or begins another", () => {
  const evil = '</script><img src=x onerror="alert(1)"><!--\u2028';
  const figures: FigureData[] = [
    plotly({ name: evil }, { [evil]: 1 }),
    { type: "vega-lite", spec: { mark: "bar", title: evil } },
  ];
  for (const figure of figures) {
    const html = figureHtml(figure, "</title><script>");
    const scripts = figure.type === "plotly" ? 2 : 4;
    assert.is(html.split("</script>").length - 1, scripts);
    assert.not.match(html, "<img");
    assert.not.match(html, "<!--");
    assert.not.match(html, "\u2028", "JavaScript once took it for the end of a line");
    assert.match(html, /integrity="sha384-[\w+/]{64}"/);
  }
});

test.run();
