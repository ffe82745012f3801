export { type DrawOptions, drawFigure } from "./draw-figure.ts";
export type { Drawing, DrawnFigure, FigureJson, PictureFormat } from "./drawing.ts";
