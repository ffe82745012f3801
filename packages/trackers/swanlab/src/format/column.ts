/** The kinds of columns that this tracker fills: the number in a run's file, and the name that the service knows. */
export const COLUMNS = {
  scalar: { number: 1, name: "FLOAT" },
  image: { number: 2, name: "IMAGE" },
  audio: { number: 3, name: "AUDIO" },
  text: { number: 4, name: "TEXT" },
  echarts: { number: 6, name: "ECHARTS" },
  html: { number: 9, name: "HTML" },
} as const;

/** Media are in a folder of this name. */
export type ColumnType = keyof typeof COLUMNS;
export type MediaType = Exclude<ColumnType, "scalar">;
