import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { trackerContract } from "@acc/core/testing";
import { suite } from "uvu";

const test = suite("ClearML tracker, the contract");
const moduleUrl = import.meta.resolve("@acc/tracker-clearml");

type Point = { readonly metric: string; readonly iter: number; readonly value: number };

const cases = trackerContract({
  name: "clearml",
  moduleUrl,
  options: (folder) => ({ offline: true, cacheDir: folder }),
  async read(folder, key) {
    const [session] = (await readdir(join(folder, "offline"))).filter(
      (name) => !name.endsWith("p"),
    );
    const text = readFileSync(join(folder, "offline", String(session), "metrics.jsonl"), "utf8");
    const points = text
      .split("\n")
      .filter(Boolean)
      .flatMap((line) => JSON.parse(line) as Point[]);
    return points.filter(({ metric }) => metric === key).map(({ value }) => value);
  },
  loadMs: 500,
});
for (const { name, run } of cases) test(name, run);

test.run();
