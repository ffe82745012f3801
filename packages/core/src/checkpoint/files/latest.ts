import { basename, dirname, join } from "node:path";
import { LATEST } from "./checkpoint-names.ts";
import { writeText } from "./write-text.ts";

/**
 * Writes the hint for people and other programs which checkpoint is the newest. We look at the folders instead, so nobody waits
 * until the disk has it.
 */
export async function writeLatest(folder: string): Promise<void> {
  const text = `${JSON.stringify({ format: 1, checkpoint: basename(folder) })}\n`;
  await writeText(join(dirname(folder), LATEST), text, false);
}
