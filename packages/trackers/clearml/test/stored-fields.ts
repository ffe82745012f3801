import { randomUUID } from "node:crypto";

/** What a call to a ClearML server says, or what it has stored. */
export type Fields = Record<string, unknown>;

export function newId(): string {
  return randomUUID().replaceAll("-", "");
}
