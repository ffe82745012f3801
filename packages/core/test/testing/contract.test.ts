import { suite } from "@acc/test-kit/suite";
import { trackerContract } from "../../src/testing/index.ts";
import { readRun } from "./fixtures/list-tracker.ts";

const test = suite("contract of a tracker, as a plugin's author runs it");
const moduleUrl = new URL("fixtures/list-tracker.ts", import.meta.url).href;
const subject = { name: "list", moduleUrl, read: readRun, loadMs: 500 };
for (const { name, run, isSlow } of trackerContract(subject)) {
  (isSlow ? test.slow : test)(name, run);
}
test.run();
