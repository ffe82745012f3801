import { join } from "node:path";
import type { ContractSubject } from "@acc/core/testing";
import { filesIn } from "@acc/test-kit/readers/files-in";
import { readInbox } from "./read-inbox.ts";

export const subject: ContractSubject = {
  name: "trackio",
  moduleUrl: new URL("../src/index.ts", import.meta.url).href,
  options: (folder: string) => ({ dir: join(folder, "trackio") }),
  read: (folder: string, key: string) =>
    readInbox(join(folder, "trackio"))
      .filter(({ kind, metrics }) => kind === "metric" && key in metrics)
      .sort((a, b) => a.step - b.step)
      .map(({ metrics }) => metrics[key] as number),
  readMonitored: (folder: string) => ({
    load: readInbox(join(folder, "trackio"))
      .filter(({ kind }) => kind === "system_metric")
      .flatMap(({ metrics }) => Object.keys(metrics)),
    lines: [],
  }),
  readMedia: filesIn,
  loadMs: 500,
};
