import { randomBytes } from "node:crypto";
import { stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { isRunning } from "../../is-running.ts";
import { makeFolder } from "../../make-folder.ts";
import { findLitter, LITTER } from "./checkpoint-names.ts";
import { removeAll } from "./folder-operations.ts";

/** A process of another host may have the number of one that is not here: only old files are taken for abandoned. */
const ABANDONED_MS = 3_600_000;

/**
 * Where a file is until it is complete: beside its place, under a name that nobody else has. Files that killed writers left
 * for the same place are removed.
 */
export async function temporaryFor(path: string): Promise<string> {
  const folder = dirname(resolve(path));
  await makeFolder(folder);
  for (const { kind, target, path: found } of await findLitter(folder)) {
    const isSame = kind === LITTER.temporary && target === basename(path);
    if (isSame && (await isAbandoned(found))) await removeAll(found);
  }
  const number = process.pid.toString(16).padStart(8, "0");
  const nonce = randomBytes(2).toString("hex");
  return join(folder, `${LITTER.temporary}-${basename(path)}-${number}-${nonce}`);
}

async function isAbandoned(path: string): Promise<boolean> {
  const pid = Number.parseInt(path.slice(-13, -5), 16);
  if (isRunning(pid)) return false;
  const stats = await stat(path).catch(() => undefined);
  return stats !== undefined && Date.now() - stats.mtimeMs > ABANDONED_MS;
}
