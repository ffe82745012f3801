import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { AcceleratorError } from "@acc/core/tracker";
import { whenWritable } from "@acc/tracker-kit";
import type { Artifact } from "./operation.ts";
import { zipFolder } from "./zip-folder.ts";

/** An artifact as one file, with its description for the API. */
export type ArtifactFile = {
  readonly path: string;
  readonly fileName: string;
  readonly contentType: string;
  readonly entry: ArtifactEntry;
};

/** An artifact in the API's words, without its `uri`. `timestamp` in seconds. */
export type ArtifactEntry = {
  readonly key: string;
  readonly type: string;
  readonly mode: "output";
  readonly content_size: number;
  readonly hash: string;
  readonly timestamp: number;
  readonly type_data: { readonly content_type: string; readonly preview: string };
};

const TYPES: Readonly<Record<string, string>> = {
  ".json": "application/json",
  ".txt": "text/plain",
  ".log": "text/plain",
  ".md": "text/markdown",
  ".csv": "text/csv",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".zip": "application/zip",
};
const MAX_PREVIEW = 65_536;
const MADE = "The file of a ClearML artifact";

/**
 * Makes one file of an artifact: a folder becomes a zip file, a value a file. Passes it to `use`; a file that was made is
 * deleted afterwards.
 *
 * @param scratch folder for files that are made; made on demand.
 * @throws {AcceleratorError} `VALUE_INVALID` if there is no such file or folder any more.
 */
export async function withArtifactFile<T>(
  { key, timestamp, type, source }: Artifact,
  scratch: string,
  use: (file: ArtifactFile) => Promise<T>,
): Promise<T> {
  const describe = async (path: string, fileName: string, kind: string, text?: string) => {
    const { size } = await stat(path);
    const contentType = TYPES[extname(fileName).toLowerCase()] ?? "application/octet-stream";
    const preview = text?.slice(0, MAX_PREVIEW) ?? `${fileName} - ${size} bytes\n`;
    const entry: ArtifactEntry = {
      key,
      type: kind,
      mode: "output",
      content_size: size,
      hash: await digestOf(path),
      timestamp: Math.floor(timestamp / 1000),
      type_data: { content_type: contentType, preview },
    };
    return use({ path, fileName, contentType, entry });
  };
  const made = join(scratch, `artifact-${process.pid}.tmp`);
  try {
    if ("text" in source) {
      const { text } = source;
      await whenWritable(MADE, async () => {
        await mkdir(scratch, { recursive: true });
        await writeFile(made, text);
      });
      return await describe(made, source.fileName, type, source.text);
    }
    const info = await stat(source.path).catch(() => undefined);
    if (!info) {
      throw new AcceleratorError(
        "VALUE_INVALID",
        `The artifact "${key}" cannot be kept: there is no file or folder at ${source.path} any more.`,
      );
    }
    if (!info.isDirectory()) return await describe(source.path, basename(source.path), type);
    const { path } = source;
    await whenWritable(MADE, async () => {
      await mkdir(scratch, { recursive: true });
      await zipFolder(path, made);
    });
    return await describe(made, `${basename(source.path)}.zip`, "archive");
  } finally {
    await rm(made, { force: true });
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}
