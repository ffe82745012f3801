import { createHash } from "node:crypto";
import type { ImageData } from "@acc/core/tracker";
import { encodePng, imagesOf } from "@acc/tracker-kit";
import { shorten } from "./safe-key.ts";

export type ArtifactFile = { readonly path: string; readonly bytes: Uint8Array };

/** Leaves room in 255 bytes for the step, the time, the id and the suffix. */
const MAX_NAME = 30;
const MAX_NAME_BYTES = 120;

/**
 * The files by which MLflow's page shows images over steps. It reads everything from the name
 * `images/<key>+step+<n>+timestamp+<ms>+<uuid>.png`, and shows the file of that name ending in `+compressed` as thumbnail:
 * without it the image is broken there. A batch is an image each, `key/0`, `key/1`, ….
 *
 * @param identity ids are made from it; the same when the image is delivered again.
 */
export function imageFiles(
  key: string,
  image: ImageData,
  at: { readonly step: number; readonly timestampMs: number; readonly identity: string },
): ArtifactFile[] {
  const images = imagesOf(image);
  return images.flatMap((single, index) => {
    const name = imageName(images.length === 1 ? key : `${key}/${index}`);
    const id = uuidOf(`${at.identity} ${key} ${index}`);
    const path = `images/${name}+step+${at.step}+timestamp+${at.timestampMs}+${id}`;
    const { png } = encodePng(single);
    return [
      { path: `${path}+compressed.png`, bytes: png }, // first, as the official client does
      { path: `${path}.png`, bytes: png },
    ];
  });
}

/** The page turns `~` back to `/`; `+`, `%` and `#` would change what it reads. */
function imageName(key: string): string {
  const name = key.replace(/[^\p{L}\p{N}_\-. /]/gu, "_").replaceAll("/", "~") || "_";
  return Buffer.byteLength(name) <= MAX_NAME_BYTES ? name : shorten(name, MAX_NAME);
}

/** In the form of a random UUID, which the page looks for. */
function uuidOf(identity: string): string {
  const hex = createHash("sha256").update(identity).digest("hex");
  const [a, b, c, d, e] = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return `${a}-${b}-${c}-${d}-${e}`;
}
