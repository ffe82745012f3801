import type { JournalHeader } from "./journal-record.ts";

type Unknown<T> = { readonly [Key in keyof T]?: unknown };

/** The file of a tracker's cursor is named after it, and file systems take 255 bytes. */
const LONGEST_NAME = 200;

/** What makes no sense in a header, which a stranger may have written; undefined if all of it does. */
export function headerFault(header: Unknown<JournalHeader>): string | undefined {
  const { id, projectName, startedMs, loggingDir, script, trackers, isKept, proof } = header;
  if (typeof id !== "string" || !/^[0-9a-f]{32}$/.test(id)) return "its id";
  if (typeof projectName !== "string") return "its projectName";
  if (!Number.isFinite(startedMs)) return "its startedMs";
  if (!isOptional(loggingDir, "string")) return "its loggingDir";
  if (!isOptional(script, "string")) return "its script";
  if (!isOptional(isKept, "boolean")) return "its isKept";
  if (!isOptional(proof, "string")) return "its proof";
  if (!Array.isArray(trackers)) return "its trackers";
  const wrong = trackers.findIndex((tracker) => !isTracker(tracker));
  return wrong < 0 ? undefined : `tracker ${wrong} of its trackers`;
}

function isTracker(value: unknown): boolean {
  const { name, delivers, options } = (value ?? {}) as { readonly [name: string]: unknown };
  const isName = typeof name === "string" && name !== "" && name.length <= LONGEST_NAME;
  return isName && typeof delivers === "boolean" && typeof options === "object" && options !== null;
}

function isOptional(value: unknown, type: "string" | "boolean"): boolean {
  return value === undefined || value === null || typeof value === type;
}
