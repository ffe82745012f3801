import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { decode } from "fast-png";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { drawFigure } from "../src/index.ts";
import { plotly, svgOf, vegaLite } from "./drawn.ts";

const test = suite("pictures");
const bar = {
  mark: "bar",
  data: { values: [{ a: "x", b: 3 }] },
  encoding: { x: { field: "a" }, y: { field: "b", type: "quantitative" } },
}; // prettier-ignore

test("a PNG is on white, has two pixels for a unit, and texts on any machine", async () => {
  const layout = { width: 300, height: 200, title: "Loss" };
  const drawing = await drawFigure(plotly([{ y: [1, 2] }], layout), "png");
  assert.ok("picture" in drawing);
  const { bytes, width, height } = drawing.picture;
  const image = decode(bytes);
  assert.equal([width, height, image.width, image.height], [600, 400, 600, 400]);
  assert.equal([...image.data.subarray(0, 4)], [255, 255, 255, 255]);
  const title = image.data.subarray(0, 600 * 4 * 26); // the rows of the title
  assert.ok(
    title.some((value) => value < 128),
    "the title has letters",
  );
});

test("an SVG for a page is dark where the page is, unless the figure chooses its background", async () => {
  const forPage = await svgOf(vegaLite(bar), "page-svg");
  assert.match(forPage, "@media(prefers-color-scheme:dark)");
  assert.match(forPage, 'fill="currentColor"');
  for (const own of [{ background: "#eee" }, { config: { background: "#eee" } }]) {
    const svg = await svgOf(vegaLite({ ...bar, ...own }), "page-svg");
    assert.not.match(svg, "currentColor");
    assert.match(svg, "#eee");
  }
  assert.not.match(await svgOf(vegaLite(bar), "svg"), "currentColor");
});

test("the widths of a page that is not there, and configurations, are taken as they can be", async () => {
  const svg = await svgOf(
    vegaLite({ ...bar, width: "container", config: { bar: { color: "#123456" } } }),
  );
  assert.match(svg, "#123456");
  assert.ok(Number(/^<svg[^>]* width="(\d+)"/.exec(svg)?.[1]) > 500);
});

test("the thread that draws keeps no process alive", async () => {
  const script = `
    import { drawFigure } from ${JSON.stringify(new URL("../dist/index.js", import.meta.url).href)};
    const { picture } = await drawFigure({ type: "plotly", spec: { data: [{ y: [1] }] } }, "svg");
    console.log(picture.bytes.length > 0);`;
  const file = join(mkdtempSync(join(tmpdir(), "figures-")), "draw.mjs");
  writeFileSync(file, script);
  const { stdout } = await promisify(execFile)(process.execPath, [file], { timeout: 15_000 });
  assert.is(stdout, "true\n");
});

test.run();
