import { renameSync, writeFileSync } from "node:fs";
import type { Row } from "./row.ts";

/** Writes rows as JSON, the whole file at once; nothing without a path. */
export function writeRows(rows: readonly Row[], path: string | undefined): void {
  if (path === undefined) return;
  writeFileSync(`${path}.tmp`, `${JSON.stringify(rows, undefined, 2)}\n`);
  renameSync(`${path}.tmp`, path);
}
