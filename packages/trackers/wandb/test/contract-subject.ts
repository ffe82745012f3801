import type { ContractSubject } from "@acc/core/testing";
import { filesIn } from "@acc/test-kit/readers/files-in";
import { offlineFolder, readOfflineRun } from "./read-run.ts";

export const subject: ContractSubject = {
  name: "wandb",
  moduleUrl: new URL("../src/index.ts", import.meta.url).href,
  options: (folder: string) => ({ mode: "offline", dir: folder }),
  read: (folder: string, key: string) =>
    readOfflineRun(offlineFolder(folder))
      .history.map((row) => row[key])
      .filter((value) => typeof value === "number"),
  readMonitored: (folder: string) => {
    const { stats, output } = readOfflineRun(offlineFolder(folder));
    return { load: stats.flatMap((sample) => Object.keys(sample)), lines: output };
  },
  readMedia: filesIn,
  loadMs: 500,
};
