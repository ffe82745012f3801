import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { Refusal } from "../wire/refusal.ts";

/** The header with the token. No cookie: cookies are shared by all ports of a computer, and sent by other sites' pages. */
export const TOKEN_HEADER = "x-acc-token";

export type Guard = {
  readonly token: string;
  /** By which the server may be called, besides those of loopback; in lower case. */
  readonly hostNames: readonly string[];
};

const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];

/**
 * Checks that a request was made by our page or by somebody who calls this computer by its own name. A page of another site
 * whose name points to 127.0.0.1 (DNS rebinding) sends that name as host.
 *
 * @param isOpening the page itself is asked for, which holds no data: any site may have a link to it.
 * @throws {Refusal}
 */
export function checkSender(request: IncomingMessage, isOpening: boolean, guard: Guard): void {
  const { host = "", origin, "sec-fetch-site": site } = request.headers;
  const name = /^(\[[\da-f:]+\]|[^:@/\s]+)(:\d{1,5})?$/i.exec(host)?.[1]?.toLowerCase();
  if (name === undefined || ![...LOOPBACK, ...guard.hostNames].includes(name)) {
    throw new Refusal(
      421,
      "This server answers to localhost and 127.0.0.1. For another name start it with --host-name NAME.",
    );
  }
  const isOwn = origin === undefined || [`http://${host}`, `https://${host}`].includes(origin);
  const isNear = site === undefined || site === "same-origin" || site === "none";
  if (!isOwn || !(isNear || isOpening)) throw new Refusal(403, "Asked for by another site.");
}

/** @throws {Refusal} if the request does not have the token. The comparison takes the same time for all of them. */
export function checkToken(request: IncomingMessage, { token }: Guard): void {
  const sent = request.headers[TOKEN_HEADER];
  const isSame = typeof sent === "string" && timingSafeEqual(digest(sent), digest(token));
  if (!isSame) throw new Refusal(401, "Open the address that acc ui printed: it has the token.");
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
