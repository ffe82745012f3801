import { basename, dirname } from "node:path";
import { trackerContract } from "@acc/core/testing";
import { suite } from "uvu";
import { startStub } from "./fixtures/vectors/stub.mjs";
import { looseParse } from "./read-run.ts";

const test = suite("W&B online holds the contract");
const stub = await startStub();
/** The folders of the suite have unique parents. */
const idOf = (folder: string) => basename(dirname(folder));
const subject = {
  name: "wandb",
  moduleUrl: new URL("../src/index.ts", import.meta.url).href,
  options: (folder: string) => ({
    ...{ baseUrl: stub.url, apiKey: "a".repeat(40), id: idOf(folder), dir: folder },
  }),
  loadMs: 500,
  read: (folder: string, key: string) =>
    (stub.state.runs[`acc/contract/${idOf(folder)}`]?.history ?? [])
      .map((line) => (looseParse(line) as Record<string, unknown>)[key])
      .filter((value) => typeof value === "number"),
};
for (const { name, run } of trackerContract(subject)) test(name, run);
test.after(() => stub.close());
test.run();
