import type { FigureData } from "@acc/core/tracker";
import { figureHtml, figureJson } from "@acc/tracker-kit";
import { type Media, mediaFile, sha256 } from "./media.ts";

/** A figure of Plotly as `wandb.Plotly` records it, one of Vega-Lite as a page of HTML, as `wandb.Html` does. */
export function figureMedia(key: string, figure: FigureData, step: number): Media {
  const isPlotly = figure.type === "plotly";
  const text = isPlotly ? JSON.stringify(figureJson(figure)) : figureHtml(figure, key);
  const [kind, extension] = isPlotly ? ["plotly", "plotly.json"] : ["html", "html"];
  const file = mediaFile(kind, key, step, Buffer.from(text), extension);
  const { path, bytes } = file;
  const value = { _type: `${kind}-file`, sha256: sha256(bytes), size: bytes.length, path };
  return { value, files: [file] };
}
