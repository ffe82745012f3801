import type { Json, JsonObject } from "../drawing.ts";

/** The text of a title, of which Plotly has two forms. */
export function titleOf({ title }: JsonObject): string | null {
  const text: Json | undefined =
    typeof title === "string" ? title : (title as JsonObject | null | undefined)?.text;
  // Plotly reads a little HTML in texts.
  return typeof text === "string" && text !== "" ? plainText(text) : null;
}

export function plainText(text: string): string {
  return text
    .replaceAll(/<br\s*\/?>/gi, " ")
    .replaceAll(/<\/?(b|i|em|sub|sup|span|a)\b[^>]*>/gi, "");
}
