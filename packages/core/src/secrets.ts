/** Names of options and environment variables whose values are secret. */
export const SECRET_NAME: RegExp =
  /api_?key|access_?key|secret|password|passwd|token|credential|authorization/i;

/** A shorter text is in too many words to be replaced in messages. */
const LEAST_LENGTH = 5;
const MASK = "***";

const REGISTRY = Symbol.for("acc.secrets"); // on globalThis: two copies of this package share it
const registry = globalThis as { [REGISTRY]?: Set<string> };
registry[REGISTRY] ??= new Set();
const known = registry[REGISTRY];

/** Keeps a key out of every message of this thread from now on. */
export function rememberSecret(secret: string): void {
  if (secret.length >= LEAST_LENGTH) known.add(secret);
}

/**
 * Keeps the keys among the options of a tracker out of messages.
 *
 * @param secretNames names of options that are secret too.
 */
export function rememberSecrets(options: object, secretNames: readonly string[] = []): void {
  for (const [name, value] of Object.entries(options)) {
    const isSecret = SECRET_NAME.test(name) || secretNames.includes(name);
    if (isSecret) for (const text of textsIn(value)) rememberSecret(text);
    else if (typeof value === "object" && value !== null) rememberSecrets(value, secretNames);
  }
}

/**
 * A message without keys: those that were remembered, those of the environment, and what looks like one. Servers repeat
 * what they received, and addresses hold passwords.
 */
export function maskSecrets(message: string): string {
  const secrets = [...known];
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && value.length >= LEAST_LENGTH && SECRET_NAME.test(name)) {
      secrets.push(value);
    }
  }
  let masked = message;
  // The longest first: one may be a part of another.
  for (const secret of secrets.sort((a, b) => b.length - a.length)) {
    masked = masked.replaceAll(secret, MASK);
  }
  return masked
    .replace(USER_INFO, `$1${MASK}@`)
    .replace(QUERY, `$1${MASK}`)
    .replace(AUTHORIZATION, `$1 ${MASK}`);
}

/** An address without user name, password and keys in its query; every other text as it is. */
export function withoutUrlSecrets(text: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return text;
  const [address = "", fragment] = text.replace(USER_INFO, "$1").split("#", 2);
  const [path, query] = address.split("?", 2);
  const kept = (query ?? "").split("&").filter((part) => part !== "" && !SECRET_PART.test(part));
  return (
    [path, ...(kept.length > 0 ? [`?${kept.join("&")}`] : [])].join("") +
    (fragment === undefined ? "" : `#${fragment}`)
  );
}

const USER_INFO = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#]*@/gi;
const KEY =
  "(?:[\\w.-]*(?:token|secret|passw|signature|credential|api_?key|access_?key)[\\w.-]*|key|sig|auth)";
const QUERY = new RegExp(`([?&]${KEY}=)[^&\\s"'<>#]+`, "gi");
const SECRET_PART = new RegExp(`^${KEY}=`, "i");
const AUTHORIZATION = /\b(Bearer|Basic)\s+[\w+/=.~-]{16,}/gi;

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
