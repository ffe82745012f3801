import { readFileSync } from "node:fs";

/** A line of the recorded traffic between the official client and `aim server`. */
export type SessionLine = {
  readonly kind: "http" | "ws" | "ws-open";
  readonly dir?: ">" | "<";
  readonly path?: string;
  readonly hex?: string;
  readonly reply_hex?: string;
  readonly instructions?: readonly [handler: string, method: string, args: unknown[]][];
};

export function readSession(): SessionLine[] {
  const path = new URL("./fixtures/vectors/remote-session.jsonl", import.meta.url);
  return readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as SessionLine);
}
