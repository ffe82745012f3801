import type { ImageData, LogValue, TableData } from "@acc/core/tracker";
import type { LogLevel } from "../operation.ts";

/** Reports of a task, as `Logger` of the Python client: titles name graphs, series the curves in them. */
export class Logger {
  readonly #call: (method: string, args: LogValue[]) => void;

  constructor(call: (method: string, args: LogValue[]) => void) {
    this.#call = call;
  }

  /** A point of a curve. */
  reportScalar(title: string, series: string, value: number, iteration: number): void {
    this.#call("reportScalar", [title, series, value, iteration]);
  }

  /** A value of the whole run, in the table of single values; the last value of a name is kept. */
  reportSingleValue(name: string, value: number): void {
    this.#call("reportSingleValue", [name, value]);
  }

  /** A line of the console. */
  reportText(message: string, level: LogLevel = "info"): void {
    this.#call("reportText", [message, level]);
  }

  /** A table among the plots. */
  reportTable(title: string, series: string, iteration: number, table: TableData): void {
    this.#call("reportTable", [title, series, iteration, table as unknown as LogValue]);
  }

  /** Numbers as bars, by their place in the list. */
  reportHistogram(
    title: string,
    series: string,
    values: readonly number[] | Float32Array,
    iteration: number,
  ): void {
    this.#call("reportHistogram", [title, series, values as LogValue, iteration]);
  }

  /** A plotly figure: `{ data, layout }`. */
  reportPlotly(
    title: string,
    series: string,
    iteration: number,
    figure: { readonly data: readonly object[]; readonly layout?: object },
  ): void {
    this.#call("reportPlotly", [title, series, iteration, figure as unknown as LogValue]);
  }

  /** A debug sample; a batch becomes the series `series_0`, `series_1`, …. */
  reportImage(title: string, series: string, iteration: number, image: ImageData): void {
    this.#call("reportImage", [title, series, iteration, image as unknown as LogValue]);
  }
}
