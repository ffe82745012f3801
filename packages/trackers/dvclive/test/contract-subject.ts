import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ContractSubject } from "@acc/core/testing";
import { filesIn } from "@acc/test-kit/readers/files-in";

export const subject: ContractSubject = {
  name: "dvclive",
  moduleUrl: new URL("../src/index.ts", import.meta.url).href,
  options: (folder: string) => ({ dir: join(folder, "dvclive"), saveDvcExp: false }),
  /** The second column of the metric's table, by step. */
  read: (folder: string, key: string) =>
    readFileSync(join(folder, "dvclive/plots/metrics", `${key}.tsv`), "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.split("\t").map(Number) as [number, number])
      .sort(([a], [b]) => a - b)
      .map(([, value]) => value),
  readMedia: filesIn,
  loadMs: 500,
};
