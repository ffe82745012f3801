import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folders: string[] = [];
process.once("exit", () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is removed when the process ends. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "acc-checkpoint-"));
  folders.push(folder);
  return folder;
}
