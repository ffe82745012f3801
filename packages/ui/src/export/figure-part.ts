import type { FigureData } from "@acc/core/journal";
import { drawFigure } from "@acc/tracker-kit";

/** A figure as a page shows it: an SVG that is dark where the page is, or a text that says why there is none. */
export async function figurePart(
  figure: FigureData,
): Promise<{ readonly type: string; readonly bytes: Uint8Array }> {
  const drawing = await drawFigure(figure, "page-svg");
  if ("picture" in drawing) return { type: "image/svg+xml", bytes: drawing.picture.bytes };
  return { type: "text/plain; charset=utf-8", bytes: new TextEncoder().encode(drawing.reason) };
}
