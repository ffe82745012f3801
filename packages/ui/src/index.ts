/** The public names of `@acc/ui`. */
export { type Library, type LibraryOptions, openLibrary } from "./index/library.ts";
export type * from "./wire/schema.ts";
export {
  type AllPoints,
  type Axis,
  type ColumnSeries,
  MARK,
  type MediaContent,
  type PointQuery,
  type RawSeries,
  type Series,
  type SeriesQuery,
} from "./wire/series.ts";
