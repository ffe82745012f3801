import { join } from "node:path";
import { trackerContract } from "@acc/core/testing";
import { suite } from "uvu";
import { readShown } from "./read-events.ts";

const test = suite("TensorBoard holds the contract");
const subject = {
  name: "tensorboard",
  moduleUrl: new URL("../src/index.ts", import.meta.url).href,
  read: (folder: string, key: string) =>
    readShown(join(folder, "contract"))
      .sort((a, b) => a.step - b.step)
      .flatMap(({ points }) => points)
      .filter(({ tag, kind }) => tag === key && kind === "scalar")
      .map(({ value }) => value as number),
  loadMs: 500,
};
for (const { name, run } of trackerContract(subject)) test(name, run);
test.run();
