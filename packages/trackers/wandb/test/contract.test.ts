import { trackerContract } from "@acc/core/testing";
import { suite } from "uvu";
import { offlineFolder, readOfflineRun } from "./read-run.ts";

const test = suite("W&B offline holds the contract");
const subject = {
  name: "wandb",
  moduleUrl: new URL("../src/index.ts", import.meta.url).href,
  options: (folder: string) => ({ mode: "offline", dir: folder }),
  read: (folder: string, key: string) =>
    readOfflineRun(offlineFolder(folder))
      .history.map((row) => row[key])
      .filter((value) => typeof value === "number"),
  loadMs: 500,
};
for (const { name, run } of trackerContract(subject)) test(name, run);
test.run();
