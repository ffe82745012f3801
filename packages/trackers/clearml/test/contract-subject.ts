import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { ContractSubject } from "@acc/core/testing";

const moduleUrl = import.meta.resolve("@acc/tracker-clearml");

type Point = { readonly metric: string; readonly iter: number; readonly value: number };

export const subject: ContractSubject = {
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
};
