/** A token of the API server, and what its claims say. */
export type Token = {
  readonly text: string;
  /** Version of the API that it is used with, such as `"2.23"`. */
  readonly version: string;
  /**
   * When to ask for a new one, in milliseconds since 1970 by this machine's clock; undefined if the token does not
   * expire.
   */
  readonly renewMs: number | undefined;
};

/** The newest version of the API that these calls are written for. */
const VERSION = "2.23";
const RENEW_BEFORE_MS = 360_000;

/** Reads a JSON web token; one that cannot be read is used until the server refuses it. */
export function readToken(text: string, nowMs: number): Token {
  const claims = claimsOf(text);
  const { exp, iat, api_version: served } = claims;
  // The server's clock may differ from ours, so only the lifetime of the token is used.
  const lifeMs =
    typeof exp === "number"
      ? exp * 1000 - (typeof iat === "number" ? iat * 1000 : nowMs)
      : undefined;
  return {
    text,
    version: typeof served === "string" && isOlder(served, VERSION) ? served : VERSION,
    renewMs:
      lifeMs === undefined ? undefined : nowMs + lifeMs - Math.min(RENEW_BEFORE_MS, lifeMs / 2),
  };
}

function claimsOf(text: string): Record<string, unknown> {
  try {
    const payload = Buffer.from(text.split(".")[1] ?? "", "base64url").toString("utf8");
    return JSON.parse(payload) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function isOlder(version: string, other: string): boolean {
  if (!/^\d+\.\d+$/.test(version)) return false;
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [otherMajor = 0, otherMinor = 0] = other.split(".").map(Number);
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}
