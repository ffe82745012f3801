import { stat } from "node:fs/promises";
import { AcceleratorError } from "@acc/core/tracker";
import { filesBelow, MAX_ZIP_BYTES, writeZip } from "@acc/tracker-kit";

/** Files that are compressed already, or do not compress. */
const STORED = /\.(png|jpe?g|zip|gz|npz|mp4|bin|safetensors)$/i;

/**
 * Writes the files of a folder to a ZIP file, under their paths within the folder.
 *
 * @param keep false for a file to leave out, by its path within the folder.
 * @throws {AcceleratorError} `VALUE_INVALID` for more than 4 GB.
 */
export async function zipFolder(
  folder: string,
  target: string,
  keep: (name: string) => boolean = () => true,
): Promise<void> {
  const files = (await filesBelow(folder)).filter(({ name }) => keep(name));
  let size = 0;
  for (const { path } of files) size += (await stat(path)).size;
  if (size > MAX_ZIP_BYTES) {
    throw new AcceleratorError(
      "VALUE_INVALID",
      `${folder} holds ${size} bytes, and a zip file holds 4 GB. An offline session can be imported as a folder; give ` +
        "the files of an artifact one by one.",
    );
  }
  await writeZip(
    target,
    files.map(({ path, name }) => ({ name, content: { path }, isCompressed: !STORED.test(name) })),
  );
}
