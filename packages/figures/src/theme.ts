import type { JsonObject } from "./drawing.ts";

/** What a picture stands on: the colours of texts and lines that the figure does not choose itself. */
export type Ground = "on white" | "of the page";

const SIZE = { view: { continuousWidth: 400, continuousHeight: 300 } };

/** Follows `color` of the SVG, which is that of the page: see `PAGE_STYLE`. */
const INK = "currentColor";
const PAGE_CONFIG = {
  background: "transparent",
  axis: {
    domainColor: INK,
    labelColor: INK,
    tickColor: INK,
    titleColor: INK,
    gridColor: INK,
    gridOpacity: 0.15,
  },
  legend: { labelColor: INK, titleColor: INK },
  title: { color: INK, subtitleColor: INK },
  header: { labelColor: INK, titleColor: INK },
  view: { ...SIZE.view, stroke: "transparent" },
  text: { color: INK },
  rule: { color: INK },
} as const;

/** An image in a page sees whether that is dark. */
const PAGE_STYLE =
  "<style>svg{color:#222}@media(prefers-color-scheme:dark){svg{color:#ddd}}</style>";

/** Beneath the configuration of the figure. */
export function configFor(ground: Ground): JsonObject {
  return ground === "of the page" ? PAGE_CONFIG : { ...SIZE, background: "white" };
}

/** A figure that chooses what it stands on chooses its colours too. */
export function groundOf({ background, config }: JsonObject, ground: Ground): Ground {
  const own = background ?? (config as JsonObject | undefined)?.background;
  return own === undefined || own === null ? ground : "on white";
}

export function withPageStyle(svg: string): string {
  return svg.replace(/<svg[^>]*>/, (start) => start + PAGE_STYLE);
}
