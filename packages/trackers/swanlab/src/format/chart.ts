import { AcceleratorError, type LogValue } from "@acc/core/tracker";
import { countsOf, isNested } from "@acc/tracker-kit";

const MAX_BINS = 512;

/** Plain data that SwanLab draws as a chart. */
export type Chart = {
  readonly _type: "swanlab-echarts";
  /** The options of ECharts. */
  readonly option: { readonly [name: string]: LogValue };
};

/** A chart for `log`: `accelerator.log({ curve: echarts({ xAxis: {…}, yAxis: {…}, series: […] }) })`. */
export function echarts(option: { readonly [name: string]: LogValue }): Chart {
  return { _type: "swanlab-echarts", option };
}

/**
 * A histogram for `log`: `accelerator.log({ weights: histogram(values) })`.
 *
 * @param numBins bins of equal width between the least and the greatest value, at most 512. Default 64.
 * @throws {AcceleratorError} `VALUE_INVALID` if there is no finite value, or the number of bins is out of range.
 */
export function histogram(values: ArrayLike<number>, numBins = 64): Chart {
  if (!Number.isInteger(numBins) || numBins < 1 || numBins > MAX_BINS) {
    throw new AcceleratorError(
      "VALUE_INVALID",
      `A histogram of SwanLab has 1 to ${MAX_BINS} bins, got ${numBins}.`,
    );
  }
  const counts = countsOf(values, numBins);
  if (!counts) {
    throw new AcceleratorError("VALUE_INVALID", "A histogram needs at least one finite value.");
  }
  const { bins } = counts;
  const middles = counts.values.map(
    (_, at) => ((bins[at] as number) + (bins[at + 1] as number)) / 2,
  );
  return echarts({
    xAxis: {
      type: "category",
      data: middles.map((middle) => String(Number(middle.toPrecision(6)))),
    },
    yAxis: { type: "value" },
    tooltip: { trigger: "axis" },
    series: [{ type: "bar", barCategoryGap: 0, data: counts.values }],
  });
}

export function isChart(value: LogValue): value is Chart {
  return isNested(value) && value._type === "swanlab-echarts" && isNested(value.option);
}
