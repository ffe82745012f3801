/** Bytes from the start of a file that tell what it is. */
export const HEAD_BYTES = 512;

/** How bytes begin that a browser may show as an image. All others are for saving. */
const IMAGES: readonly (readonly [type: string, start: RegExp])[] = [
  ["image/png", /^\x89PNG\r\n/],
  ["image/jpeg", /^\xff\xd8\xff/],
  ["image/gif", /^GIF8[79]a/],
  ["image/webp", /^RIFF[\s\S]{4}WEBP/],
  ["image/svg+xml", /^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*)?<svg[\s>]/],
];

/** What a browser may show these bytes as; undefined if they are no image that it knows. @param bytes the start suffices. */
export function imageType(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes.subarray(0, HEAD_BYTES)).toString("latin1");
  return IMAGES.find(([, pattern]) => pattern.test(text))?.[0];
}
