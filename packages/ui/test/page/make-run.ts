import type { KeySummary, RunSummary } from "../../src/wire/schema.ts";

/** A summary with what a test is about; everything else is empty. */
export function makeRun(id: string, facts: Partial<RunSummary> = {}): RunSummary {
  return {
    ...{ id, kind: "journal", folder: `.acc/${id}`, name: "", project: "digits", script: null },
    ...{ status: "done", startedMs: 0, lastMs: 0, activeMs: 0, config: {}, tags: [], note: "" },
    ...{ color: null, keys: {}, numKeys: 0, trackers: [], bytes: 0, resumes: 0, damage: null },
    ...{ isComplete: true, version: "1" },
    ...facts,
  };
}

export function makeKey(facts: Partial<KeySummary> = {}): KeySummary {
  return {
    ...{ count: 1, last: 0, lastStep: 0, min: 0, minStep: 0, max: 0, maxStep: 0, nonFinite: 0 },
    ...facts,
  };
}
