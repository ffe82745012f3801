export type Json =
  | number
  | string
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

export type JsonObject = { readonly [key: string]: Json };

/** A figure as JSON: no NaN, no typed arrays. */
export type FigureJson = { readonly type: "plotly" | "vega-lite"; readonly spec: JsonObject };

/**
 * `png`: on white, two pixels for a unit. `svg`: on white. `page-svg`: follows the page around it, light or dark, unless the
 * figure chooses its background.
 */
export type PictureFormat = "png" | "svg" | "page-svg";

export type DrawnFigure = {
  readonly bytes: Uint8Array;
  /** In pixels of an image, in units of an SVG. */
  readonly width: number;
  readonly height: number;
};

/** The picture, or why there is none, as a sentence without a full stop. */
export type Drawing = { readonly picture: DrawnFigure } | { readonly reason: string };

/** What cannot be drawn, with the reason. */
export class Undrawable extends Error {}
