import { execFile } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import {
  type ExpectedDifference,
  type Outcome,
  readBack,
  replayScenario,
  requireParity,
  scenariosOf,
} from "../../../../tools/peers/parity/parity.mjs";
import { aimFolder, python } from "./aim-server.ts";

const TRACKER = "aim";
const ACC = fileURLToPath(new URL("../../../core/bin/acc.mjs", import.meta.url));
const SYNC_TIMEOUT_MS = 100_000;
/** Each scenario has a repository and a server of its own, and waits for Python most of the time. */
const AT_ONCE = 3;

/** Replays scenarios, whose names `isWanted` takes, in a repository each, and compares with Accelerate's. */
export async function compareScenarios(
  isWanted: (scenario: string) => boolean,
  expected: readonly ExpectedDifference[],
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "acc-parity-"));
  const env = { PATH: `${aimFolder}${delimiter}${process.env.PATH}` };
  const outcomes: Record<string, Outcome> = {};
  const waiting = scenariosOf(TRACKER).filter(isWanted);
  const work = async (): Promise<void> => {
    for (let scenario = waiting.shift(); scenario !== undefined; scenario = waiting.shift()) {
      const place = join(folder, scenario);
      const { errors } = await replayScenario(TRACKER, scenario, place, env);
      await sync(join(place, "proj"), env); // where the server took longer to start than endTraining waits
      outcomes[scenario] = { errors, recorded: await readBack(TRACKER, place, python as string) };
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  requireParity(TRACKER, outcomes, expected);
}

async function sync(folder: string, env: { readonly [name: string]: string }): Promise<void> {
  await promisify(execFile)(process.execPath, [ACC, "sync", folder], {
    env: { ...process.env, ...env },
    timeout: SYNC_TIMEOUT_MS,
  });
}

/** Differences of a scenario that have one reason. */
export function differ(
  scenario: string | readonly string[],
  reason: string,
  ...paths: readonly (readonly string[])[]
): ExpectedDifference[] {
  return paths.map((path) => ({ scenario, path, reason }));
}

/** Where a metric is in what was read back. */
export function metric(name: string): string[] {
  return ["runs", "0", "metrics", name];
}
