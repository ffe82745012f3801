import { drawFigure, type FigureJson, type PictureFormat } from "../src/index.ts";

/** A figure of Plotly of these traces. */
export function plotly(data: FigureJson["spec"][], layout: FigureJson["spec"] = {}): FigureJson {
  return { type: "plotly", spec: { data, layout } };
}

export function vegaLite(spec: FigureJson["spec"]): FigureJson {
  return { type: "vega-lite", spec };
}

/** The SVG of a figure. @throws {Error} if there is none. */
export async function svgOf(figure: FigureJson, format: PictureFormat = "svg"): Promise<string> {
  const drawing = await drawFigure(figure, format);
  if ("picture" in drawing) return new TextDecoder().decode(drawing.picture.bytes);
  throw new Error(drawing.reason);
}

/** Why there is no picture. @throws {Error} if there is one. */
export async function reasonOf(figure: FigureJson, timeoutMs?: number): Promise<string> {
  const options = timeoutMs === undefined ? {} : { timeoutMs };
  const drawing = await drawFigure(figure, "svg", options);
  if ("reason" in drawing) return drawing.reason;
  throw new Error("it was drawn");
}

/** What each mark says of itself to a screen reader, such as `x: 1; y: 2`. */
export function marksOf(svg: string, role: string): string[] {
  const marks = svg.matchAll(/aria-label="([^"]*)"[^>]*aria-roledescription="([^"]*)"/g);
  return [...marks].flatMap(([, label = "", found]) => (found === role ? [label] : []));
}
