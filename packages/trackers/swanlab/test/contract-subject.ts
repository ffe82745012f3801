import { join } from "node:path";
import type { ContractSubject } from "@acc/core/testing";
import { readRun, runFolder, scalarsOf } from "./read-run.ts";

export const subject: ContractSubject = {
  name: "swanlab",
  moduleUrl: new URL("../src/index.ts", import.meta.url).href,
  options: (folder: string) => ({ mode: "offline", logDir: join(folder, "swanlog") }),
  read: (folder: string, key: string) =>
    scalarsOf(readRun(runFolder(join(folder, "swanlog"))), key)
      .sort(([a], [b]) => a - b)
      .map(([, value]) => value),
  loadMs: 500,
};
