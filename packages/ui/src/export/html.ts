import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { AcceleratorError } from "@acc/core/journal";
import { encodeSnapshot, type Snapshot } from "../wire/snapshot.ts";

/** The build of the page that asks no server: see scripts/build-page.mjs. */
const FOLDER = fileURLToPath(new URL("../../page/copy/", import.meta.url));
/** A text has at most 2^29 characters, and base64 has four for three bytes. */
const MAX_BYTES = 300 << 20;
const PIECE_BYTES = 3 << 18;

/**
 * A page with all that it shows, as one file in pieces. It runs only its own script, and loads nothing from anywhere.
 *
 * @throws {AcceleratorError} `OPTION_INVALID` if there is too much for a page.
 */
export async function htmlOf(snapshot: Snapshot): Promise<Iterable<string>> {
  const data = await promisify(gzip)(encodeSnapshot(snapshot));
  if (data.length > MAX_BYTES) {
    const megabytes = Math.ceil(data.length / 2 ** 20);
    throw new AcceleratorError(
      "OPTION_INVALID",
      `The run has ${megabytes} MiB even compressed, and a page in a file can hold ${MAX_BYTES >> 20}: choose keys with --keys.`,
    );
  }
  return pieces(
    readFileSync(`${FOLDER}page.js`, "utf8"),
    readFileSync(`${FOLDER}page.css`, "utf8"),
    data,
  );
}

function* pieces(script: string, style: string, data: Buffer): Generator<string> {
  const policy = [
    ...["default-src 'none'", `script-src ${hashOf(script)}`, `style-src ${hashOf(style)}`],
    ...[
      "img-src blob:",
      "media-src blob:",
      "frame-src blob:",
      "base-uri 'none'",
      "form-action 'none'",
    ],
    "require-trusted-types-for 'script'",
  ].join("; ");
  yield `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Run</title>
<style>${style}</style>
<div id="app"><noscript>This page needs JavaScript.</noscript></div>
<script type="application/octet-stream" id="snapshot">`;
  for (let at = 0; at < data.length; at += PIECE_BYTES) {
    yield data.subarray(at, at + PIECE_BYTES).toString("base64");
  }
  yield `</script>
<script type="module">${script}</script>
</html>
`;
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
