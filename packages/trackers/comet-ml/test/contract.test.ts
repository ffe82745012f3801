import { join } from "node:path";
import { trackerContract } from "@acc/core/testing";
import { suite } from "uvu";
import { readArchives } from "./read-archive.ts";

const test = suite("Comet keeps the contract of trackers");

const archivesOf = (folder: string) => join(folder, "archives");
const cases = trackerContract({
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
});
for (const { name, run } of cases) test(name, run);

test.run();
