import { createHash } from "node:crypto";
import { wellFormed } from "@acc/tracker-kit";

/** File systems allow 255 bytes; room is left for the suffix. */
const MAX_SEGMENT_BYTES = 240;
const MAX_BYTES = 1024;
/** Suffix of the files beside which folders of the same name would lie. */
const TSV = /\.tsv$/;

/**
 * A key as a relative path of a file that stays inside its folder: empty segments and `.` are dropped, `..` and control
 * characters become `_`, and a segment that is too long is cut and ends with a hash.
 */
export function safeName(key: string): string {
  const segments = wellFormed(key)
    .split("/")
    .filter((segment) => segment !== "" && segment !== ".")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are replaced
    .map((segment) => (segment === ".." ? "_" : segment.replaceAll(/[\u0000-\u001f\u007f]/g, "_")));
  const last = segments.pop();
  if (last === undefined) return "_";
  const folders = segments.map((segment) => segment.replace(TSV, "_tsv"));
  const name = [...folders, last].map((segment) => shorten(segment, MAX_SEGMENT_BYTES)).join("/");
  return Buffer.byteLength(name) > MAX_BYTES
    ? shorten(name.replaceAll("/", "_"), MAX_SEGMENT_BYTES)
    : name;
}

/** The name of a metric. `step` is a name of DVCLive's own in the table of a metric and at the top of the summary. */
export function metricName(key: string): string {
  const segments = safeName(key).split("/");
  const rename = (index: number): void => {
    if (segments.at(index) === "step") segments.splice(index, 1, "step_value");
  };
  rename(0);
  rename(segments.length - 1);
  return segments.join("/");
}

function shorten(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 8);
  // Where the cut is within a character, the decoder writes U+FFFD.
  const start = Buffer.from(text)
    .subarray(0, maxBytes - 40)
    .toString()
    .replace(/\ufffd+$/, "");
  return `${start}-${hash}`;
}
