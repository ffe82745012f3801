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
  readMonitored: (folder) => {
    const messages = readArchives(archivesOf(folder)).flatMap((archive) => archive.messages);
    const names = messages.flatMap(({ payload }) => payload.metric?.metricName ?? []);
    return {
      load: names.filter((name: string) => name.startsWith("sys.")),
      lines: messages
        .filter(({ type }) => type === "standard_output")
        .map(({ payload }) => payload.output),
    };
  },
  readMedia: (folder) =>
    readArchives(archivesOf(folder)).flatMap(({ files }) => Object.values(files)),
  loadMs: 500,
};
