/**
 * What a program needs that looks at recorded runs, as `@acc/core/journal`: where they are, what is in them, how they go on. It
 * only reads, and loads no TensorFlow.js.
 */
export { AcceleratorError } from "./errors.ts";
export { readCursor } from "./journal/delivery-cursor.ts";
export type { PlacedEntry } from "./journal/journal-reader.ts";
export {
  type FinishRecord,
  isForTrackers,
  type JournalEntry,
  type JournalHeader,
  type JournalTracker,
  type ResumeRecord,
} from "./journal/journal-record.ts";
export { type JournalGrowth, JournalTail } from "./journal/journal-tail.ts";
export type { Damage } from "./journal/record-scanner.ts";
export { journalPath } from "./journal/run-folder.ts";
export { RunLock } from "./journal/run-lock.ts";
export { type FoundRuns, findRuns } from "./runs/find-runs.ts";
export { safeText } from "./safe-text.ts";
export { containedPath } from "./sync/contained-path.ts";
export type {
  ArtifactData,
  FigureData,
  FinishStatus,
  ImageData,
  LogContext,
  LogValue,
  LogValues,
  TableData,
} from "./tracker-contract/log-value.ts";
