import { join } from "node:path";
import type { ContractSubject } from "@acc/core/testing";
import { readShown } from "./read-events.ts";

type Encoded = { readonly encoded: Uint8Array };

export const subject: ContractSubject = {
  name: "tensorboard",
  moduleUrl: new URL("../src/index.ts", import.meta.url).href,
  read: (folder: string, key: string) =>
    readShown(join(folder, "contract"))
      .sort((a, b) => a.step - b.step)
      .flatMap(({ points }) => points)
      .filter(({ tag, kind }) => tag === key && kind === "scalar")
      .map(({ value }) => value as number),
  readMedia: (folder) =>
    readShown(join(folder, "contract"))
      .flatMap(({ points }) => points)
      .flatMap(({ kind, value }) =>
        kind === "audio" || kind === "image" ? [(value as Encoded).encoded] : [],
      ),
  mediaKinds: ["audio", "video"],
  loadMs: 500,
};
