import { createRequire } from "node:module";
import { Resvg } from "@resvg/resvg-js";
import type { DrawnFigure } from "./drawing.ts";
import type { DrawnSvg } from "./svg-of.ts";

/** Pixels for a unit: texts stay sharp on screens of today. */
const SCALE = 2;
const MAX_PIXELS = 16 << 20;

/** The same letters on every machine, also on one without fonts; those of the system are for what it lacks. */
const FONT = "DejaVu Sans";
const FONT_FILES = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSans-Oblique.ttf"].map((name) =>
  createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/ttf/${name}`),
);

export function pngOf({ svg, width, height }: DrawnSvg): DrawnFigure {
  const scale = Math.min(SCALE, Math.sqrt(MAX_PIXELS / (width * height)));
  const image = new Resvg(svg, {
    font: {
      fontFiles: FONT_FILES,
      loadSystemFonts: true,
      defaultFontFamily: FONT,
      sansSerifFamily: FONT,
      serifFamily: FONT,
      monospaceFamily: FONT,
    },
    fitTo: { mode: "width", value: Math.max(1, Math.round(width * scale)) },
    background: "white",
  }).render();
  return { bytes: image.asPng(), width: image.width, height: image.height };
}
