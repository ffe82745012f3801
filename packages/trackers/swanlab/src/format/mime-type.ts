import { extname } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".bmp": "image/bmp",
  ".csv": "text/csv",
  ".gif": "image/gif",
  ".html": "text/html",
  ".jpeg": "image/jpeg",
  ".jpg": "image/jpeg",
  ".json": "application/json",
  ".md": "text/markdown",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain",
  ".wav": "audio/x-wav",
  ".yaml": "application/yaml",
  ".yml": "application/yaml",
};

/** The type by which the page decides how to show a file. */
export function mimeType(name: string): string {
  return TYPES[extname(name).toLowerCase()] ?? "application/octet-stream";
}
