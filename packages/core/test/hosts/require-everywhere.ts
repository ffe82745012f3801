import * as assert from "uvu/assert";
import type { Outcome } from "../collective/fixtures/rank.ts";
import type { HostsResult } from "./run-hosts.ts";

export function lastOf(outcomes: readonly Outcome[]): { code?: string; message?: string } {
  return outcomes.at(-1) as { code?: string; message?: string };
}

/** Every rank has ended with this error. */
export function requireEverywhere({ outcomes }: HostsResult, code: string, text: RegExp): void {
  for (const own of outcomes) {
    assert.is(lastOf(own).code, code, JSON.stringify(own));
    assert.match(lastOf(own).message as string, text);
  }
}
