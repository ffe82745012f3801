import { join } from "node:path";
import type { ContractSubject } from "@acc/core/testing";
import { readArchives } from "./read-archive.ts";

const archivesOf = (folder: string) => join(folder, "archives");
export const subject: ContractSubject = {
  name: "comet_ml",
  moduleUrl: new URL("../dist/index.js", import.meta.url).href,
  options: (folder) => ({ online: false, offlineDirectory: archivesOf(folder) }),
  read: (folder, key) =>
    readArchives(archivesOf(folder))
      .flatMap(({ messages }) => messages)
      .filter(({ payload }) => payload.metric?.metricName === key)
      .map(({ payload }) => payload.metric)
      .sort((a, b) => a.step - b.step)
      .map(({ metricValue }) => metricValue),
  loadMs: 500,
};
