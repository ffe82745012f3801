import type { FigureData, LogValue } from "@acc/core/journal";

/** The title of a figure, as one line without marks of HTML; what it says of itself if it has none. */
export function titleOf({ type, spec }: FigureData): { readonly title?: string } {
  const { layout, title, description } = spec;
  const given = type === "plotly" ? memberOf(layout, "title") : title;
  const texts = [given, memberOf(given, "text"), description];
  const text = texts.find((one) => typeof one === "string" && one !== "");
  return typeof text === "string" ? { title: text.replaceAll(/<[^>]*>/g, "").slice(0, 200) } : {};
}

function memberOf(value: LogValue, name: string): LogValue {
  const isObject = typeof value === "object" && value !== null;
  return isObject ? (value as { readonly [name: string]: LogValue })[name] : undefined;
}
