import type { FigureData } from "@acc/core/tracker";
import { figureJson } from "./figure-json.ts";
import { toJson } from "./json-value.ts";

/** A script of a version that never changes, and the hash of its content. */
type Script = readonly [path: string, sha384: string];

const SCRIPTS: { readonly [type in FigureData["type"]]: readonly Script[] } = {
  plotly: [
    [
      "plotly.js-dist-min@3.7.0/plotly.min.js",
      "l4G4qURPwALv583BKlynU/4LiUx0rk9jcTX58Aq+Jc+jgWb52zeH2geZkSS3UPPs",
    ],
  ],
  "vega-lite": [
    [
      "vega@6.4.0/build/vega.min.js",
      "VKdcJr3ZaBIJMbVcopTAI/JEuUkSY6qnwVu9iLuw0DnQ9gQ1JjsfZJhXFQAgNi43",
    ],
    [
      "vega-lite@6.5.0/build/vega-lite.min.js",
      "pV2l7nzmyxZh02knvUH7N8zvtyCYsYiGt+SsE/emG/dFiBI6G0YJZFZ2FzEX72P3",
    ],
    [
      "vega-embed@7.3.0/build/vega-embed.min.js",
      "Muy1QRxYFeNrA1zShc1KtN4OfipkR/61gt+HWqN57c1Zxu3Oe16TsilsruVVjfKL",
    ],
  ],
};

/**
 * A page that shows a figure as it is, to zoom and to point at. It loads Plotly.js or Vega from a public network, as the pages do that
 * their own tools write; the figure itself goes nowhere.
 */
export function figureHtml(figure: FigureData, title: string): string {
  const scripts = SCRIPTS[figure.type].map(
    ([path, hash]) =>
      `<script src="https://cdn.jsdelivr.net/npm/${path}" integrity="sha384-${hash}" crossorigin="anonymous"></script>`,
  );
  return [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    `<title>${escaped(title)}</title>`,
    ...scripts,
    "</head>",
    "<body>",
    '<div id="figure"></div>',
    `<script>${drawing(figure)}</script>`,
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

function drawing(figure: FigureData): string {
  const spec = scriptJson(figureJson(figure));
  if (figure.type === "vega-lite") {
    // Whoever looks at it asks no address that it names.
    const refuse =
      '{load:function(){return Promise.reject(new Error("nothing is loaded"))},sanitize:function(u){return /^data:image[/]/.test(u)?Promise.resolve({href:u}):Promise.reject(new Error("no address"))}}';
    return `vegaEmbed("#figure", ${spec}, {ast: true, loader: ${refuse}});`;
  }
  const { config } = figure.spec;
  const options = scriptJson({ responsive: true, ...(toJson(config ?? {}) as object) });
  return `var figure = ${spec}; Plotly.newPlot("figure", figure.data, figure.layout, ${options}).then(function () { if (figure.frames) Plotly.addFrames("figure", figure.frames); });`;
}

/** JSON within a script: no text of it ends the script. */
function scriptJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll("<", "\\u003c")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
