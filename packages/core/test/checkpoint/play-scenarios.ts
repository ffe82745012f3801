import { launchCalls } from "../launch/launch-calls.ts";
import type { ScenarioName } from "./fixtures/scenarios.ts";

const script = new URL("./fixtures/scenarios.ts", import.meta.url);

const results = new Map<string, unknown[]>();

/** What each rank gave in a scenario. */
export function ranksOf<T>(name: string): T[] {
  const ranks = results.get(name);
  if (!ranks) throw new Error(`no scenario ${name}`);
  return ranks as T[];
}

/** Plays scenarios, which the tests find by their names, in one launch. */
export async function play(
  numProcesses: number,
  scenarios: Readonly<Record<string, readonly [ScenarioName, object]>>,
): Promise<void> {
  const all = await launchCalls<unknown>(script, numProcesses, Object.values(scenarios));
  for (const [i, name] of Object.keys(scenarios).entries()) results.set(name, all[i] ?? []);
}
