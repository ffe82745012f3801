import { AcceleratorError } from "@acc/core/tracker";
import { MessageWriter } from "@acc/tracker-kit";

/** Curves of one chart: tags as regular expressions, or a value between a lower and an upper one. */
export type ChartLayout =
  | { readonly tags: readonly string[] }
  | {
      readonly margins: readonly {
        readonly value: string;
        readonly lower: string;
        readonly upper: string;
      }[];
    };

/** Charts by their titles, in categories by theirs. */
export type ScalarLayout = {
  readonly [category: string]: { readonly [chart: string]: ChartLayout };
};

/** The message of TensorBoard's `layout.proto`. @throws {AcceleratorError} `VALUE_INVALID` for a chart without curves. */
export function layoutMessage(layout: ScalarLayout): Uint8Array {
  const message = new MessageWriter();
  for (const [title, charts] of Object.entries(layout)) {
    const category = new MessageWriter().string(1, title);
    for (const [name, chart] of Object.entries(charts)) {
      category.message(2, chartMessage(name, chart));
    }
    message.message(2, category);
  }
  return message.finish();
}

function chartMessage(title: string, chart: ChartLayout): MessageWriter {
  const message = new MessageWriter().string(1, title);
  const content = new MessageWriter();
  if ("tags" in chart && chart.tags.length > 0) {
    for (const tag of chart.tags) content.string(1, tag);
    return message.message(2, content);
  }
  if ("margins" in chart && chart.margins.length > 0) {
    for (const { value, lower, upper } of chart.margins) {
      content.message(1, new MessageWriter().string(1, value).string(2, lower).string(3, upper));
    }
    return message.message(3, content);
  }
  throw new AcceleratorError(
    "VALUE_INVALID",
    `addCustomScalars: the chart "${title}" needs { tags: […] } or { margins: [{ value, lower, upper }] }.`,
  );
}
