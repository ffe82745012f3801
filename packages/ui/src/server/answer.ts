import type { ServerResponse } from "node:http";

/**
 * Only files of this server, no inline script, no form that sends elsewhere, no frame around it. Styles are in one file; images,
 * audio, videos and the pages that a run holds are shown from blobs that the page has fetched.
 */
const POLICY = [
  ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' blob:"],
  ...["media-src blob:", "frame-src blob:"],
  ...["connect-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
  "require-trusted-types-for 'script'",
].join("; ");
/** What a run holds may come from anywhere: a browser that is made to open it as a page runs nothing and loads nothing. */
const FOREIGN_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";

const ALWAYS = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
};

export type Answer = {
  readonly status?: number;
  readonly type: string;
  /** Headers beside those of every answer. */
  readonly headers?: { readonly [name: string]: string };
  /** Content of a run, which others may have made. */
  readonly isForeign?: boolean;
};

export function writeHead(response: ServerResponse, answer: Answer): void {
  const { status = 200, type, headers, isForeign = false } = answer;
  response.writeHead(status, {
    ...ALWAYS,
    "content-type": type,
    "content-security-policy": isForeign ? FOREIGN_POLICY : POLICY,
    "cache-control": "no-store",
    ...headers,
  });
}

export function sendBytes(
  response: ServerResponse,
  bytes: Uint8Array | string,
  answer: Answer,
): void {
  const length = String(Buffer.byteLength(bytes));
  writeHead(response, { ...answer, headers: { "content-length": length, ...answer.headers } });
  response.end(bytes);
}

export function sendJson(response: ServerResponse, value: unknown): void {
  sendBytes(response, JSON.stringify(value), { type: "application/json; charset=utf-8" });
}

export function sendText(response: ServerResponse, status: number, text: string): void {
  sendBytes(response, `${text}\n`, { status, type: "text/plain; charset=utf-8" });
}
