/** The thread that draws: answers by message. */
import { type MessagePort, parentPort } from "node:worker_threads";
import { type Drawing, type FigureJson, type PictureFormat, Undrawable } from "./drawing.ts";
import { vegaLiteOf } from "./plotly/vega-lite-of.ts";
import { svgOf } from "./svg-of.ts";

type Question = { readonly figure: FigureJson; readonly format: PictureFormat };

const port = parentPort as MessagePort;

port.on("message", (question: Question) => {
  void draw(question).then((drawing) => port.postMessage(drawing));
});

async function draw({ figure: { type, spec }, format }: Question): Promise<Drawing> {
  try {
    const viewed = type === "plotly" ? vegaLiteOf(spec) : spec;
    const drawn = await svgOf(viewed, format === "page-svg" ? "of the page" : "on white");
    if (format === "png") {
      // Loaded here alone: an SVG needs no native library.
      const { pngOf } = await import("./png-of.ts");
      return { picture: pngOf(drawn) };
    }
    const { svg, width, height } = drawn;
    return { picture: { bytes: new TextEncoder().encode(svg), width, height } };
  } catch (error) {
    const { message } = error instanceof Error ? error : new Error(String(error));
    if (error instanceof Undrawable) return { reason: message };
    return { reason: `Vega cannot draw it: ${message.split("\n", 1)[0]}` };
  }
}
