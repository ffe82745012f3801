import { execFile } from "node:child_process";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { ExpectedDifference } from "@acc/test-kit/parity/parity";
import { parityTest } from "@acc/test-kit/parity/parity-test";
import { aimFolder, python } from "@acc/test-kit/servers/aim-server";
import type { Test } from "uvu";

const ACC = fileURLToPath(new URL("../../../core/bin/acc.mjs", import.meta.url));
const SYNC_TIMEOUT_MS = 100_000;
const env = { PATH: `${aimFolder}${delimiter}${process.env.PATH}` };

/** The suite of the scenarios that `isWanted` takes, in a repository with a server of its own each. */
export function aimParityTest(
  title: string,
  isWanted: (scenario: string) => boolean,
  expected: readonly ExpectedDifference[],
): Test {
  return parityTest(title, {
    ...{ tracker: "aim", python, isWanted, expected, env },
    // where the server took longer to start than endTraining waits
    beforeReading: (folder) => sync(join(folder, "proj")),
    atOnce: 3, // each waits for Python most of the time
  });
}

async function sync(folder: string): Promise<void> {
  await promisify(execFile)(process.execPath, [ACC, "sync", folder], {
    env: { ...process.env, ...env },
    timeout: SYNC_TIMEOUT_MS,
  });
}

/** Where a metric is in what was read back. */
export function metric(name: string): string[] {
  return ["runs", "0", "metrics", name];
}
