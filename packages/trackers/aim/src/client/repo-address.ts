import { resolve } from "node:path";
import { AcceleratorError } from "@acc/core/tracker";

const DEFAULT_PORT = "53800";

/** The destination of a run: a server, or a repository in a folder, for which we start a server. */
export type RepoAddress =
  | { readonly kind: "folder"; readonly path: string }
  /** `aim://`: whether the server speaks HTTP or HTTPS is found out. */
  | { readonly kind: "server"; readonly address: string }
  | { readonly kind: "url"; readonly baseUrl: string };

/**
 * Reads `aim://host:53800`, `https://host/base`, or the path of a folder.
 *
 * @throws {AcceleratorError} `OPTION_INVALID` for a URL that is none, or that holds a user name or password.
 */
export function parseRepo(repo: string): RepoAddress {
  const scheme = /^(aim|https?):\/\//.exec(repo)?.[1];
  if (scheme === undefined) return { kind: "folder", path: resolve(repo) };
  const withoutScheme = repo.slice(scheme.length + 3).replace(/\/+$/, "");
  // As http, because URLs of unknown schemes accept invalid hosts.
  const url = parseUrl(`${scheme === "https" ? "https" : "http"}://${withoutScheme}`);
  const isPlain = url?.username === "" && url.password === "" && url.search === "";
  if (!isPlain) {
    throw new AcceleratorError(
      "OPTION_INVALID",
      "The Aim repository must be a folder, aim://host:port or https://host/path, without user name, password or " +
        "query: keys belong in the option headers.",
    );
  }
  const path = url.pathname === "/" ? "" : url.pathname;
  if (scheme !== "aim") return { kind: "url", baseUrl: `${url.protocol}//${url.host}${path}` };
  const port = /:(\d+)$/.exec(withoutScheme.split("/")[0] ?? "")?.[1] ?? DEFAULT_PORT;
  return { kind: "server", address: `${url.hostname}:${port}${path}` };
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
