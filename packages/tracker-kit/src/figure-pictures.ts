import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { DeliveredEvent, FigureData, TrackerEvent } from "@acc/core/tracker";
import { messageOf } from "./error-message.ts";
import { figureJson } from "./figure-json.ts";

const PACKAGE = "@acc/figures";

/** On white; `page-svg` follows the colours of the page around it. */
export type PictureFormat = "png" | "svg" | "page-svg";

export type FigurePicture = {
  readonly bytes: Uint8Array;
  /** In pixels of an image, in units of an SVG. */
  readonly width: number;
  readonly height: number;
};

/** The picture, or why there is none, without a full stop. */
export type FigureDrawing = { readonly picture: FigurePicture } | { readonly reason: string };

/** What `@acc/figures` has. */
type Figures = {
  drawFigure(figure: object, format: PictureFormat): Promise<FigureDrawing>;
};

/** Pictures of the figures of a delivery. */
export type FigurePictures = ReadonlyMap<FigureData, FigureDrawing>;

/**
 * Draws the figures among events with the package `@acc/figures`, in a thread of its own.
 *
 * @param types whose pictures are needed; of the others the tracker has the figure itself.
 * @param signal aborts between two figures.
 */
export async function drawFigures(
  events: readonly (DeliveredEvent | TrackerEvent)[],
  format: PictureFormat,
  { types = ["plotly", "vega-lite"], signal }: DrawFiguresOptions = {},
): Promise<FigurePictures> {
  const pictures = new Map<FigureData, FigureDrawing>();
  for (const event of events) {
    if (event.type !== "figures") continue;
    for (const figure of Object.values(event.values)) {
      if (!types.includes(figure.type)) continue;
      signal?.throwIfAborted();
      pictures.set(figure, await drawFigure(figure, format));
    }
  }
  return pictures;
}

export type DrawFiguresOptions = {
  readonly types?: readonly FigureData["type"][];
  readonly signal?: AbortSignal;
};

/** Never rejects. */
export async function drawFigure(
  figure: FigureData,
  format: PictureFormat,
): Promise<FigureDrawing> {
  try {
    const figures = await loadFigures();
    if (!figures) {
      return {
        reason: `a picture of a figure needs the package ${PACKAGE}: npm install ${PACKAGE}`,
      };
    }
    return await figures.drawFigure({ type: figure.type, spec: figureJson(figure) }, format);
  } catch (error) {
    return { reason: `${PACKAGE} cannot draw it: ${messageOf(error)}` };
  }
}

/** Where this package can see it, or the working directory. */
async function loadFigures(): Promise<Figures | undefined> {
  const here = pathToFileURL(join(process.cwd(), "index.js")).href;
  for (const from of [import.meta.url, here]) {
    try {
      const path = createRequire(from).resolve(PACKAGE);
      return (await import(pathToFileURL(path).href)) as Figures;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  return undefined;
}
