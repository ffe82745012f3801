import { readdirSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

export type PageFile = {
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly gzipped: Uint8Array;
  /** Its name has a hash of its content. */
  readonly isImmutable: boolean;
};

/** The build of the page, beside `src` and `dist`: see scripts/build-page.mjs. */
const FOLDER = fileURLToPath(new URL("../../page/", import.meta.url));
const TYPES: { readonly [extension: string]: string } = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
};

/** The files of the page by their path in an address. They are few and small, and stay in memory. */
export function readPageFiles(): ReadonlyMap<string, PageFile> {
  const names = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isFile());
  const entries = names.map(({ name }): [string, PageFile] => {
    const bytes = readFileSync(`${FOLDER}${name}`);
    const type = TYPES[extname(name)] ?? "application/octet-stream";
    const isImmutable = /-[\dA-Z]{8}\./.test(name);
    const path = name === "index.html" ? "/" : `/${name}`;
    return [path, { type, bytes, gzipped: gzipSync(bytes, { level: 9 }), isImmutable }];
  });
  return new Map(entries);
}
