import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ContractSubject } from "@acc/core/testing";
import { filesIn } from "@acc/test-kit/readers/files-in";

const moduleUrl = import.meta.resolve("@acc/tracker-clearml");

type Point = { readonly metric: string; readonly variant: string; readonly value: number };

/** What is in a file of the only session below a folder. */
function linesOf<T>(folder: string, file: string): T[] {
  const [session] = readdirSync(join(folder, "offline")).filter((name) => !name.endsWith("p"));
  const path = join(folder, "offline", String(session), file);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n").filter(Boolean);
  return lines.flatMap((line) => JSON.parse(line) as T[]);
}

export const subject: ContractSubject = {
  name: "clearml",
  moduleUrl,
  options: (folder) => ({ offline: true, cacheDir: folder }),
  read: (folder, key) =>
    linesOf<Point>(folder, "metrics.jsonl")
      .filter(({ metric }) => metric === key)
      .map(({ value }) => value),
  readMonitored: (folder) => ({
    load: linesOf<Point>(folder, "metrics.jsonl")
      .filter(({ metric }) => metric === ":monitor:machine")
      .map(({ variant }) => variant),
    lines: linesOf<{ readonly msg: string }>(folder, "log.jsonl").flatMap(({ msg }) =>
      msg.split("\n"),
    ),
  }),
  readMedia: (folder) => filesIn(join(folder, "offline")),
  loadMs: 500,
};
