import { relative } from "node:path";
import { fileURLToPath } from "node:url";

/** Frames to look at: from a collective to the script it is rarely more than twenty. */
const DEPTH = 60;
const OURS = fileURLToPath(new URL("..", import.meta.url));

/**
 * The line of the script that has led to this call, such as `train.ts:31:20`: the first frame that is neither ours nor of a
 * package. Empty if the stack has none.
 */
export function callSite(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = DEPTH;
  const stack = new Error().stack ?? "";
  Error.stackTraceLimit = limit;
  for (const frame of stack.split("\n")) {
    const place = placeOf(frame);
    if (place !== undefined && !place.startsWith(OURS) && !place.includes("node_modules"))
      return shortest(place);
  }
  return "";
}

/** `at name (file:///a.ts:1:2)` or `at async /a.ts:1:2`. */
const FRAME = /(?:\(| at (?:async )?)((?:file:|\/|[A-Za-z]:\\).*:\d+:\d+)\)?$/;

/** The path, line and column of a frame; undefined for one of Node.js. */
function placeOf(frame: string): string | undefined {
  const [, place] = FRAME.exec(frame) ?? [];
  if (!place?.startsWith("file:")) return place;
  const [, url = "", position = ""] = /^(.*?)(:\d+:\d+)$/.exec(place) ?? [];
  return fileURLToPath(url) + position;
}

function shortest(place: string): string {
  const inside = relative(process.cwd(), place);
  return inside.startsWith("..") ? place : inside;
}
