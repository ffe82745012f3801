import { join } from "node:path";
import type { ContractSubject } from "@acc/core/testing";
import { filesIn } from "@acc/test-kit/readers/files-in";
import { type RecordKind, readRun, runFolder, scalarsOf, textOf } from "./read-run.ts";

export const subject: ContractSubject = {
  name: "swanlab",
  moduleUrl: new URL("../src/index.ts", import.meta.url).href,
  options: (folder: string) => ({ mode: "offline", logDir: join(folder, "swanlog") }),
  read: (folder: string, key: string) =>
    scalarsOf(readRun(runFolder(join(folder, "swanlog"))), key)
      .sort(([a], [b]) => a - b)
      .map(([, value]) => value),
  readMonitored: (folder: string) => {
    const records = readRun(runFolder(join(folder, "swanlog")));
    const texts = (kind: RecordKind, field: number): string[] =>
      records.flatMap((record) =>
        record.kind === kind ? (textOf(record.fields, field) ?? []) : [],
      );
    const load = texts("scalar", 1).filter((key) => key.startsWith("__swanlab__."));
    return { load, lines: texts("line", 1) };
  },
  readMedia: filesIn,
  loadMs: 500,
};
