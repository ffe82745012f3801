import type { RunSummary } from "../../wire/schema.ts";
import { isSystemKey } from "../../wire/system-keys.ts";

export type KeyGroup = {
  /** What is in front of the first slash; "" for keys without one. */
  readonly name: string;
  readonly keys: readonly string[];
};

/** The keys of the runs by their group, without those of the machine, or only those; what people look at first comes first: loss, then accuracy, the learning rate last. */
export function keyGroups(
  runs: readonly RunSummary[],
  filter = "",
  isOfMachine = false,
): KeyGroup[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const all = runs.flatMap((run) => Object.keys(run.keys));
  const keys = new Set(all.filter((key) => isSystemKey(key) === isOfMachine));
  const groups = new Map<string, string[]>();
  for (const key of keys) {
    if (!words.every((word) => key.toLowerCase().includes(word))) continue;
    const name = key.includes("/") ? key.slice(0, key.indexOf("/")) : "";
    groups.set(name, [...(groups.get(name) ?? []), key]);
  }
  const sorted = [...groups].map(([name, members]) => ({ name, keys: members.sort(byInterest) }));
  return sorted.sort((a, b) => byInterest(a.keys[0] as string, b.keys[0] as string));
}

export function byInterest(a: string, b: string): number {
  return rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0);
}

function rank(key: string): number {
  const name = key.toLowerCase();
  if (name.includes("loss")) return 0;
  if (name.includes("acc")) return 1;
  return /learning_?rate|(^|[/_.])lr$/.test(name) ? 3 : 2;
}

/** Keys of the configuration in which the runs differ; all of them if there is one run. */
export function differingConfig(runs: readonly RunSummary[]): string[] {
  const names = [...new Set(runs.flatMap((run) => Object.keys(run.config)))];
  if (runs.length < 2) return names;
  return names.filter(
    (name) => new Set(runs.map((run) => JSON.stringify(run.config[name]))).size > 1,
  );
}
